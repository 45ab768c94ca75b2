import Sessions
import Wire

/// Connections that nothing happens to are sealed, and awake again with their next packet.
extension ConnectionTracker {
    /// Looks later whether it may be sealed.
    mutating func watchForQuiet(_ slot: Int, _ now: Timestamp) {
        quiet.append(entry(of: slot, now))
        if isOvergrown(quiet) { quiet = quiet.filter(isAwake) }
    }

    mutating func wake(_ slot: Int, _ now: Timestamp) {
        stateCost += connections.wake(slot)
        awakened.append(entry(of: slot, now))
        if isOvergrown(awakened) { awakened = awakened.filter(isAwake) }
    }

    /// Most of its entries stand for connections that are over: by a clock that stands still none of them would ever leave.
    private func isOvergrown(_ queue: ClosingQueue) -> Bool {
        queue.count > 2 * flows.count + TrackerOptions.spareEntries
    }

    private func entry(of slot: Int, _ now: Timestamp) -> ClosingQueue.Entry {
        ClosingQueue.Entry(slot: slot, serial: connections[slot].serial, deadline: now)
    }

    /// The connection that an entry stands for is there, and not sealed.
    func isAwake(_ entry: ClosingQueue.Entry) -> Bool {
        flows.isTaken(entry.slot) && connections.isAwake(entry.slot)
            && connections[entry.slot].serial == entry.serial
    }

    /// Seals what has been silent long enough: for less where there are many, for more what was awakened before.
    mutating func sealQuiet(_ now: Timestamp) {
        while let since = quiet.deadline {
            let silence = quiet.count > TrackerOptions.crowd ? TrackerOptions.briefSilence : TrackerOptions.silence
            guard now.since(since) >= silence, let entry = quiet.removeFirst() else { break }
            if isWatchedOn(entry, silence, now) { quiet.append(self.entry(of: entry.slot, now)) }
        }
        while let since = awakened.deadline, now.since(since) >= TrackerOptions.longSilence,
            let entry = awakened.removeFirst()
        {
            if isWatchedOn(entry, TrackerOptions.longSilence, now) { awakened.append(self.entry(of: entry.slot, now)) }
        }
    }

    /// Seals a connection if it is time; answers whether it will have to be looked at again.
    private mutating func isWatchedOn(_ entry: ClosingQueue.Entry, _ silence: Int64, _ now: Timestamp) -> Bool {
        // One that is closed will be forgotten soon; one that goes on in spite of a reset is seldom.
        guard isAwake(entry), connections[entry.slot].closesAt == nil else { return false }
        guard now.since(connections[entry.slot].lastSeen) >= silence,
            connections[entry.slot].maySeal(evenInClear: false)
        else { return true }
        stateCost += connections.seal(entry.slot)
        return false
    }

    /// Seals all connections that can be, also those that more may be said on in clear: nothing of what they come to
    /// depends on it.
    public mutating func sealAll() {
        for slot in 0..<connections.slotCount
        where flows.isTaken(slot) && connections.isAwake(slot) && connections[slot].maySeal(evenInClear: true) {
            stateCost += connections.seal(slot)
        }
    }
}
