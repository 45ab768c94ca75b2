import Sessions
import Wire

/// Connections by their slots: those that something happens to as they are, all others *sealed*, as what they have in
/// common with others of their kind and what tells them from these (`Particulars`). That takes a tenth of the memory.
///
/// A sealed connection is as it was once it is awake again.
struct ConnectionStore: Sendable {
    /// By slot: a place in `awake`; the complement of one in `sealed`; or neither.
    private var places: ContiguousArray<Int32> = []
    private var awake: ContiguousArray<TrackedConnection> = []
    private var freeAwake: [Int32] = []
    private var sealed: ContiguousArray<SealedConnection> = []
    private var freeSealed: [Int32] = []
    /// What sealed connections have in common: all but their particulars, and the texts among these.
    private var kinds = SharedValues<TrackedConnection>()
    private var texts = SharedValues<[QuotedText]>()
    /// Room for the particulars of one.
    private var room: [UInt8] = []

    private static let none = Int32.min

    /// Slots that are or were taken.
    var slotCount: Int { places.count }

    /// The connection of a slot that is awake. Never `_read`: without optimization, numbers of what it yields are looked at
    /// when its room was given back already (Swift 6.3), and with it nothing is copied either way.
    subscript(slot: Int) -> TrackedConnection {
        @inline(__always) get { awake[Int(places[slot])] }
        @inline(__always) _modify { yield &awake[Int(places[slot])] }
    }

    mutating func insert(_ connection: consuming TrackedConnection, at slot: Int) {
        let place = takePlace(connection)
        if slot == places.count { places.append(place) } else { places[slot] = place }
    }

    private mutating func takePlace(_ connection: consuming TrackedConnection) -> Int32 {
        guard let place = freeAwake.popLast() else {
            awake.append(connection)
            return Int32(truncatingIfNeeded: awake.count - 1)
        }
        awake[Int(place)] = connection
        return place
    }

    /// Lets go of a connection that is awake, and of what it has collected.
    mutating func remove(_ slot: Int) {
        let place = places[slot]
        // In place: a connection that is copied out of its array counts all that it refers to.
        awake[Int(place)].clear()
        places[slot] = Self.none
        freeAwake.append(place)
    }

    // MARK: Of connections in either form

    func isAwake(_ slot: Int) -> Bool { places[slot] >= 0 }

    func serial(of slot: Int) -> UInt32 { isAwake(slot) ? self[slot].serial : sealed[sealedPlace(slot)].serial }

    func lastSeen(of slot: Int) -> Timestamp {
        isAwake(slot) ? self[slot].lastSeen : sealed[sealedPlace(slot)].lastSeen
    }

    func firstFrame(of slot: Int) -> FrameNumber {
        isAwake(slot) ? self[slot].transport.firstFrame : sealed[sealedPlace(slot)].firstFrame
    }

    private func sealedPlace(_ slot: Int) -> Int { Int(~places[slot]) }

    // MARK: Sealing

    /// Seals a connection that is awake. Answers how much more memory is taken than was counted, in octets: less, as a rule.
    mutating func seal(_ slot: Int) -> Int {
        let place = Int(places[slot])
        awake[place].tellSkipped()
        // What may follow it shows once more when it does.
        awake[place].successors = []
        let (serial, lastSeen) = (awake[place].serial, awake[place].lastSeen)
        let firstFrame = awake[place].transport.firstFrame
        let before = awake[place].countedState
        let kind = awake[place].readers[0].session.kind()
        let costOfKind = awake[place].fullCost()
        var particulars = Particulars(behind: firstFrame, lastSeen, in: takeRoom())
        awake[place].countedState = 0
        awake[place].exchange(&particulars, serial: serial, lastSeen: lastSeen)
        let (number, isNew) = kinds.number(of: awake[place], kind)
        var mark: UInt64 = 0
        for text in particulars.texts { mark = mark &* 31 &+ text.identity }
        let (list, isNewList) = texts.number(of: particulars.texts, mark)
        let connection = SealedConnection(
            octets: [UInt8](copying: particulars.octets.span), kind: number, texts: list, serial: serial,
            lastSeen: lastSeen, firstFrame: firstFrame)
        room = particulars.takeRoom()
        remove(slot)
        let costOfList = isNewList ? SealedConnection.cost(of: particulars.texts) : 0
        let growth = connection.cost + (isNew ? costOfKind : 0) + costOfList - before
        if let free = freeSealed.popLast() {
            sealed[Int(free)] = connection
            places[slot] = ~free
        } else {
            sealed.append(connection)
            places[slot] = ~Int32(truncatingIfNeeded: sealed.count - 1)
        }
        return growth
    }

    /// Handed out, so that it is nobody else's and not copied.
    private mutating func takeRoom() -> [UInt8] {
        var taken: [UInt8] = []
        swap(&taken, &room)
        return taken
    }

    /// Makes a sealed connection what it was. Answers how much more memory is taken, in octets.
    mutating func wake(_ slot: Int) -> Int {
        let place = sealedPlace(slot)
        let entry = sealed[place]
        sealed[place] = SealedConnection.none
        freeSealed.append(Int32(truncatingIfNeeded: place))
        var (connection, isLast) = kinds.take(entry.kind)
        let (list, isLastList) = texts.take(entry.texts)
        var particulars = Particulars(entry.octets, list, behind: entry.firstFrame, entry.lastSeen)
        connection.exchange(&particulars, serial: entry.serial, lastSeen: entry.lastSeen)
        let cost = connection.fullCost()
        connection.countedState = cost
        places[slot] = takePlace(connection)
        return cost - entry.cost - (isLast ? cost : 0) - (isLastList ? SealedConnection.cost(of: list) : 0)
    }
}

/// What is left of a connection that nothing happens to.
struct SealedConnection: Sendable {
    let octets: [UInt8]
    /// Numbers of its kind, and of its texts.
    let kind: Int32
    let texts: Int32
    let serial: UInt32
    let lastSeen: Timestamp
    let firstFrame: FrameNumber

    static let none = Self(
        octets: [], kind: -1, texts: -1, serial: 0, lastSeen: Timestamp(nanoseconds: 0), firstFrame: FrameNumber(0))

    /// What one takes, in octets: its slot, its place and its list besides itself.
    var cost: Int { FlowTable.costOfSlot + MemoryLayout<Self>.stride + 4 + 48 + octets.count }

    /// What a list of texts takes that no other connection has, as if nobody had the texts either.
    static func cost(of texts: [QuotedText]) -> Int { texts.reduce(160) { $0 + $1.cost } }
}
