import Sessions
import Wire

/// Connections that are watched while they are open.
extension ConnectionTracker {
    /// Notes a connection whose session shows something new, where anybody wants to know.
    mutating func noteChange(_ slot: Int) {
        guard options.notesChanges, connections[slot].hasPayload else { return }
        let milestone = connections[slot].readers[0].session.milestone()
        guard milestone != connections[slot].readers[0].milestone else { return }
        connections[slot].readers[0].milestone = milestone
        if changed.last?.slot != slot { changed.append(Changed(slot: slot, serial: connections[slot].serial)) }
    }

    /// A connection that shows something new.
    struct Changed: Sendable {
        let slot: Int
        /// Another connection may have its slot by now.
        let serial: UInt32
    }

    /// The sessions, as they stand, of connections that show something new since this was asked last and are still open.
    mutating func takeChanged() -> [(session: MailSession, place: Changed)] {
        guard !changed.isEmpty else { return [] }
        defer { changed.removeAll(keepingCapacity: true) }
        return changed.compactMap { entry in
            guard flows.isTaken(entry.slot), connections.serial(of: entry.slot) == entry.serial else { return nil }
            return snapshot(entry.slot).map { ($0, entry) }
        }
    }

    /// What a session has shown so far; it goes on.
    private mutating func snapshot(_ slot: Int) -> MailSession? {
        if !connections.isAwake(slot) { wake(slot, connections.lastSeen(of: slot)) }
        connections[slot].tellSkipped()
        var connection = connections[slot]
        guard connection.hasPayload else { return nil }
        connection.transport.capture = connection.quality
        connection.transport.state = connection.state(ended: .open)
        connection.transport.forgetHeard(connection.order)
        connection.transport.awaitsOctets = connection.order.status.hasWork
        return connection.session(flows.key(of: slot))
    }
}
