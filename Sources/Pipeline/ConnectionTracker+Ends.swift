import Findings
import Sessions
import Wire

/// How connections end: closed, silent for too long, pushed out, or with the capture.
extension ConnectionTracker {
    /// The capture has ended: what is open is complete as far as it will ever be.
    public mutating func finish() {
        while nextToFinish() != nil { finishNext() }
    }

    /// At the end of the capture: where the open connection began that began before all others.
    mutating func nextToFinish() -> FrameNumber? {
        counters.halfOpen += halfOpen.removeAll()
        if remaining == nil { remaining = openSlots }
        return (remaining?.last).map { connections.firstFrame(of: $0) }
    }

    /// Ends that connection; so not all their sessions need to be kept at once.
    mutating func finishNext() {
        guard let slot = remaining?.popLast() else { return }
        end(slot, as: overdueState(slot) ?? .open)
    }

    /// Opening frames of the connections that are open, in no order.
    var openFrames: [FrameNumber] {
        (0..<flows.slotCount).lazy.filter { flows.isTaken($0) }.map { connections.firstFrame(of: $0) }
    }

    /// By their opening frames, the latest one leading.
    private var openSlots: [Int] {
        (0..<flows.slotCount).filter { flows.isTaken($0) }.sorted { left, right in
            connections.firstFrame(of: left) > connections.firstFrame(of: right)
        }
    }

    /// A closed connection lingers, so that late segments still find it; one that was reset for longer, since it may
    /// turn out to be alive.
    mutating func noteEnd(_ slot: Int, _ now: Timestamp) {
        let isReset = !connections[slot].order.status.isFinished
        let deadline = now.advanced(by: isReset ? TrackerOptions.lingerAfterReset : TrackerOptions.linger)
        connections[slot].closesAt = deadline
        let entry = ClosingQueue.Entry(slot: slot, serial: connections[slot].serial, deadline: deadline)
        // By a clock that stands still none of them would ever be forgotten.
        if isReset {
            reset.append(entry)
            while reset.count > options.maximumClosing { _ = forget(reset.removeFirst()) }
        } else {
            closing.append(entry)
            while closing.count > options.maximumClosing { _ = forget(closing.removeFirst()) }
        }
    }

    mutating func makeRoom() {
        while flows.count >= options.maximumEstablished, let stalest { evict(stalest) }
    }

    /// The connection to be given up next: without mail, and silent longest. Where few have shown none, these are new ones:
    /// whoever fills the memory with a line of mail on each connection must not have all of them given up.
    private var stalest: Int? {
        let silent = FlowQueue.silent.rawValue
        let mail = FlowQueue.mail.rawValue
        let silentGoFirst = flows.count(of: silent) > flows.count / 4
        return flows.stalest(silentGoFirst ? silent : mail) ?? flows.stalest(silentGoFirst ? mail : silent)
    }

    /// Who makes the memory grow beyond its budget pays for it; where it is the sum of many small ones, who is worth
    /// least.
    mutating func limitState(_ slot: Int, _ review: TrackedConnection.Review) {
        stateCost += review.growth
        guard stateCost > options.stateBudget else { return }
        if connections[slot].countedState > TrackerOptions.modestState { evict(slot) }
        while stateCost > options.stateBudget, let stalest { evict(stalest) }
    }

    private mutating func evict(_ slot: Int) {
        if let state = overdueState(slot) { return end(slot, as: state) }
        counters.evicted += 1
        end(slot, as: .evicted)
    }

    mutating func end(_ slot: Int, as state: ConnectionState) {
        if !connections.isAwake(slot) { stateCost += connections.wake(slot) }
        if connections[slot].order.status.hasWork {
            drain(slot, connections[slot].lastSeen, forced: true)
            countHeld(slot)
        }
        forgetOctets(slot)
        connections[slot].tellSkipped()
        heldCost -= Int(connections[slot].countedHeld)
        forgetHolder(slot, connections[slot].holder)
        stateCost -= connections[slot].countedState
        let key = flows.key(of: slot)
        flows.remove(slot)
        counters.truncatedSegments += connections[slot].transport.truncatedSegments
        if state == .evicted, connections[slot].hasPayload { counters.evictedSessions += 1 }
        finishSession(slot, key, state)
        connections.remove(slot)
    }

    private mutating func finishSession(_ slot: Int, _ key: FlowKey, _ state: ConnectionState) {
        let serial = connections[slot].serial
        guard connections[slot].hasPayload else {
            if connections[slot].quality == .halfOpen { counters.halfOpen += 1 } else { counters.withoutPayload += 1 }
            evidence?.end(slot, serial: serial, hasSession: false)
            return
        }
        lendDisclosure(slot)
        connections[slot].readers[0].session.end(&context)
        takeBackDisclosure(slot)
        evidence?.end(slot, serial: serial, hasSession: true)
        connections[slot].noteOutcome(state, lostUntil: lossUntil)
        finished.append(connections[slot].session(key))
        for error in finished.latestErrors { counters.unreadable[error.value.layer, default: 0] += 1 }
    }

    private mutating func forgetHolder(_ slot: Int, _ place: HolderPlace) {
        if let (other, place) = holders.move(slot, from: place, cost: 0).moved { connections[other].holder = place }
    }
}

/// Closed connections, oldest first, in an array that reuses its room.
struct ClosingQueue: Sendable {
    struct Entry: Sendable {
        let slot: Int
        let serial: UInt32
        let deadline: Timestamp
    }

    private var entries: ContiguousArray<Entry> = []
    private var head = 0

    var count: Int { entries.count - head }
    /// When the oldest may be forgotten.
    var deadline: Timestamp? { head < entries.count ? entries[head].deadline : nil }

    mutating func append(_ entry: Entry) { entries.append(entry) }

    /// What is kept of it, in its order.
    func filter(_ isKept: (Entry) -> Bool) -> Self {
        var kept = Self()
        kept.entries = ContiguousArray(entries[head...].lazy.filter(isKept))
        return kept
    }

    mutating func removeFirst() -> Entry? {
        guard head < entries.count else { return nil }
        let entry = entries[head]
        head += 1
        if head > 1024, head * 2 > entries.count {
            entries.removeFirst(head)
            head = 0
        }
        return entry
    }
}
