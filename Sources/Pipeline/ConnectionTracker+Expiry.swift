import Sessions
import Wire

/// What becomes of connections that were silent for too long, or have been closed for long enough.
///
/// A quiet hour makes all of them overdue at once, and their sessions with what is told of them take many times the memory
/// of the connections. So with each packet some are ended, and those that are left count as ended: none of them takes
/// another packet.
struct Expiry: Sendable {
    /// When it was last looked for what is overdue; `nil` where that is to be done with the next packet.
    private(set) var last: Timestamp?
    /// As of when connections are overdue, where some that are were left.
    private(set) var pending: Timestamp?
    /// What may be ended, in packets that ended connections had: what a session takes depends on what others show, and
    /// which of two is told first must not.
    private var allowance = 0

    /// More than usual traffic makes overdue in `TrackerOptions.expiryInterval`: some eighty short sessions.
    private static let atOnce = 2048
    /// What is ended with each packet as long as some are left: so fewer sessions wait than come, whatever they consist of.
    private static let withPacket = 16
    /// What a connection counts besides its packets, and what these count at most.
    private static let each = 8
    private static let most: UInt64 = 512

    /// What a connection of so many packets counts.
    static func cost(_ packets: UInt64) -> Int { each + Int(min(packets, most)) }

    /// Looking on every packet would cost more than it brings.
    @inline(__always)
    func isDue(_ now: Timestamp) -> Bool {
        guard let last else { return true }
        return now < last || now.since(last) >= TrackerOptions.expiryInterval
    }

    /// Begins, or goes on. No packet has come where `isTick`, but a while has gone by.
    mutating func begin(isTick: Bool) {
        let more = isTick ? Self.atOnce : Self.withPacket
        allowance = pending == nil ? Self.atOnce : min(allowance + more, Self.atOnce)
    }

    /// More may be ended.
    var goesOn: Bool { allowance > 0 }

    mutating func spend(_ cost: Int) { allowance -= cost }

    /// All has been ended that is overdue, or what may be for now.
    mutating func end(_ now: Timestamp) {
        pending = goesOn ? nil : now
        last = goesOn ? now : nil
    }
}

extension ConnectionTracker {
    mutating func expire(_ now: Timestamp, isTick: Bool = false) {
        guard expiry.isDue(now) else { return }
        expiry.begin(isTick: isTick)
        while expiry.goesOn, let deadline = closing.deadline, now.since(deadline) >= 0 {
            expiry.spend(forget(closing.removeFirst()))
        }
        while expiry.goesOn, let deadline = reset.deadline, now.since(deadline) >= 0 {
            expiry.spend(forget(reset.removeFirst()))
        }
        while let stalest = halfOpen.stalest, now.since(stalest.lastSeen) > TrackerOptions.halfOpenTimeout {
            forgetHalfOpen(stalest.slot)
        }
        for queue in FlowQueue.allCases {
            while expiry.goesOn, let slot = flows.stalest(queue.rawValue), isSilent(slot, now) {
                expiry.spend(endOverdue(slot, .timedOut))
            }
        }
        expiry.end(now)
        sealQuiet(now)
    }

    private func isSilent(_ slot: Int, _ moment: Timestamp) -> Bool {
        moment.since(connections.lastSeen(of: slot)) > TrackerOptions.idleTimeout
    }

    /// Ends a connection if it is overdue: a packet of its flow has come.
    mutating func expire(_ key: FlowKey, _ hash: UInt64) {
        guard expiry.pending != nil, let slot = flows.slot(of: key, hash), let state = overdueState(slot)
        else { return }
        _ = endOverdue(slot, state)
    }

    /// How a connection ends that is overdue and was not ended yet; `nil` for all others.
    func overdueState(_ slot: Int) -> ConnectionState? {
        guard let moment = expiry.pending else { return nil }
        if connections.isAwake(slot), let deadline = connections[slot].closesAt, moment.since(deadline) >= 0 {
            return .closed
        }
        return isSilent(slot, moment) ? .timedOut : nil
    }

    /// Ends a connection that was closed when the entry was made; answers what that counts.
    mutating func forget(_ entry: ClosingQueue.Entry?) -> Int {
        // The slot may have another connection by now, or the reset did not end this one.
        guard let entry, isAwake(entry), connections[entry.slot].closesAt == entry.deadline
        else { return Expiry.cost(0) }
        return endOverdue(entry.slot, .closed)
    }

    /// Ends a connection; answers what that counts.
    private mutating func endOverdue(_ slot: Int, _ state: ConnectionState) -> Int {
        if !connections.isAwake(slot) { stateCost += connections.wake(slot) }
        let cost = Expiry.cost(connections[slot].packets)
        if state == .closed { rememberEnds(slot) }
        end(slot, as: state)
        return cost
    }

    /// Remembers where its streams ended.
    private mutating func rememberEnds(_ slot: Int) {
        let key = flows.key(of: slot)
        let clientIsLow = connections[slot].clientIsLow
        let client = connections[slot].order.client.next
        let server = connections[slot].order.server.next
        closed.insert(key, key.hash(seed), low: clientIsLow ? client : server, high: clientIsLow ? server : client)
    }
}
