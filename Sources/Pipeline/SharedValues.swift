/// Values that many have, each once and for as long as somebody has it.
struct SharedValues<Value: Equatable & Sendable>: Sendable {
    private struct Entry: Sendable {
        var value: Value?
        var key: UInt64 = 0
        var users: Int32 = 0
        // Others with the same key; −1 where there is none.
        var older: Int32 = -1
        var newer: Int32 = -1
    }

    private var entries: ContiguousArray<Entry> = []
    private var free: [Int32] = []
    /// The newest of those that have the same key.
    private var newest: [UInt64: Int32] = [:]

    /// So many with the same key are compared: nobody may make a search of it.
    private static var maximumAlike: Int { 8 }

    /// Values that somebody has.
    var count: Int { entries.count - free.count }

    /// The number of a value, which has one user more, and whether it is new. `key` is the same for equal values.
    mutating func number(of value: Value, _ key: UInt64) -> (Int32, isNew: Bool) {
        var next = newest[key] ?? -1
        for _ in 0..<Self.maximumAlike where next >= 0 {
            if entries[Int(next)].value == value {
                entries[Int(next)].users += 1
                return (next, false)
            }
            next = entries[Int(next)].older
        }
        return (insert(value, key), true)
    }

    private mutating func insert(_ value: Value, _ key: UInt64) -> Int32 {
        let older = newest[key] ?? -1
        let entry = Entry(value: value, key: key, users: 1, older: older)
        let number = free.popLast() ?? Int32(truncatingIfNeeded: entries.count)
        if Int(number) == entries.count { entries.append(entry) } else { entries[Int(number)] = entry }
        if older >= 0 { entries[Int(older)].newer = number }
        newest[key] = number
        return number
    }

    /// A value, which has one user less, and whether that was the last one.
    mutating func take(_ number: Int32) -> (Value, isLast: Bool) {
        let place = Int(number)
        guard let value = entries[place].value else { preconditionFailure("nobody has it") }
        entries[place].users -= 1
        guard entries[place].users == 0 else { return (value, false) }
        let (key, older, newer) = (entries[place].key, entries[place].older, entries[place].newer)
        if older >= 0 { entries[Int(older)].newer = newer }
        if newer >= 0 { entries[Int(newer)].older = older } else { newest[key] = older >= 0 ? older : nil }
        entries[place] = Entry()
        free.append(number)
        return (value, true)
    }
}
