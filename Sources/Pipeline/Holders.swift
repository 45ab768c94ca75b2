/// The connections that hold octets back, by how much they hold, so that the one to pay for a full budget is found
/// without a search.
struct Holders: Sendable {
    /// Slots of connections whose cost has the same number of bits.
    private var classes: [[Int32]] = Array(repeating: [], count: Self.count)

    private static let count = 32

    /// One that holds the most, to within a factor of two.
    var largest: Int? {
        for slots in classes.reversed() {
            if let slot = slots.last { return Int(slot) }
        }
        return nil
    }

    /// Puts a slot where its cost belongs; answers the slot that was moved to make that possible, and its new place.
    mutating func move(_ slot: Int, from place: HolderPlace, cost: Int) -> (
        place: HolderPlace, moved: (Int, HolderPlace)?
    ) {
        let size = cost <= 0 ? -1 : min(Self.count - 1, Int.bitWidth - cost.leadingZeroBitCount)
        guard size != Int(place.size) else { return (place, nil) }
        let moved = remove(place)
        guard size >= 0 else { return (HolderPlace(), moved) }
        classes[size].append(Int32(truncatingIfNeeded: slot))
        return (HolderPlace(size: Int8(size), index: Int32(truncatingIfNeeded: classes[size].count - 1)), moved)
    }

    private mutating func remove(_ place: HolderPlace) -> (Int, HolderPlace)? {
        guard place.size >= 0 else { return nil }
        let size = Int(place.size)
        let last = classes[size].removeLast()
        guard Int(place.index) < classes[size].count else { return nil }
        classes[size][Int(place.index)] = last
        return (Int(last), place)
    }
}

/// Where a connection stands in `Holders`; nowhere when it holds nothing.
struct HolderPlace: Sendable, Equatable {
    var size: Int8 = -1
    var index: Int32 = 0
}
