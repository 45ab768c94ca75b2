import Sessions
import Wire

/// Connections that nothing happens to are sealed, and awake again with their next packet.
extension ConnectionTracker {
    /// Looks later whether it may be sealed.
    mutating func watchForQuiet(_ slot: Int, _ now: Timestamp) {
        quiet.append(ClosingQueue.Entry(slot: slot, serial: connections[slot].serial, deadline: now))
    }

    mutating func wake(_ slot: Int, _ now: Timestamp) {
        stateCost += connections.wake(slot)
        watchForQuiet(slot, now)
    }

    /// The connection that an entry stands for is there, and not sealed.
    func isAwake(_ entry: ClosingQueue.Entry) -> Bool {
        flows.isTaken(entry.slot) && connections.isAwake(entry.slot)
            && connections[entry.slot].serial == entry.serial
    }

    /// Seals what has been silent long enough: for less where there are many.
    mutating func sealQuiet(_ now: Timestamp) {
        while let since = quiet.deadline {
            let silence = quiet.count > TrackerOptions.crowd ? TrackerOptions.briefSilence : TrackerOptions.silence
            guard now.since(since) >= silence, let entry = quiet.removeFirst() else { return }
            // One that is closed will be forgotten soon; one that goes on in spite of a reset is seldom.
            guard isAwake(entry), connections[entry.slot].closesAt == nil else { continue }
            if now.since(connections[entry.slot].lastSeen) >= silence,
                connections[entry.slot].maySeal(evenInClear: false)
            {
                stateCost += connections.seal(entry.slot)
            } else {
                watchForQuiet(entry.slot, now)
            }
        }
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
