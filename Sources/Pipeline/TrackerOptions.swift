import Sessions
import Wire

/// What to follow, and within which bounds.
public struct TrackerOptions: Sendable {
    /// Ports whose connections are followed.
    public var ports: PortSet
    /// Ports on which TLS is to begin at once.
    public var implicitTLSPorts: PortSet
    /// Octets held back by all connections together, with their cost.
    public var heldBudget: Int
    /// Octets in clear that are kept to compare others with them, of all connections together.
    public var rememberedBudget: Int
    /// Memory of connections and of what their sessions have shown, in octets.
    public var stateBudget: Int
    /// Memory of certificates that were read, for sessions that show them again, in octets.
    public var certificateBudget: Int
    /// Connections with an unanswered SYN; the one silent longest goes first.
    public var maximumHalfOpen: Int
    public var maximumEstablished = Int.max
    /// Closed connections that are kept for late segments; the one closed first goes first.
    public var maximumClosing: Int
    /// Connections whose ends are remembered after they were forgotten; the one closed first goes first.
    public var maximumClosedFlows: Int

    /// Of all hashes of flow keys, so that one is made once for each packet.
    let seed = FlowKey.Seed()

    /// Connections whose sessions show something new are noted, for who watches them while they are open.
    public var notesChanges = false

    /// What a session's facts take at most in real mail, in octets: a transaction with some hundred recipients.
    static let modestState = 64 << 10

    /// How long a closed connection stays known, in nanoseconds of the capture's clock: late retransmissions belong
    /// to it, not to a new one.
    static let linger: Int64 = 2_000_000_000
    /// The same of one that a reset ended: whoever was not reached by it, or did not believe it, is heard of again once
    /// a command is answered or a retransmission is due.
    static let lingerAfterReset: Int64 = 30_000_000_000
    /// How long nothing happens to a connection before it is sealed: longer than short sessions pause.
    static let silence: Int64 = 2_000_000_000
    /// The same where more than `crowd` were looked at within that time.
    static let briefSilence: Int64 = 100_000_000
    static let crowd = 512
    /// The same of one that was sealed before: to seal and to wake it takes as long as some twenty packets.
    static let longSilence: Int64 = 20_000_000_000
    /// Entries of connections that are over which wait to be looked at, however few connections there are.
    static let spareEntries = 2048
    static let expiryInterval: Int64 = 50_000_000
    static let halfOpenTimeout: Int64 = 60_000_000_000
    /// RFC 5321 §4.5.3.2 lets a side be silent for 10 minutes; some servers wait longer.
    static let idleTimeout: Int64 = 1_800_000_000_000

    public init(ports: PortSet, implicitTLSPorts: PortSet, memory: MemoryBudget = .standard) {
        self.ports = ports
        self.implicitTLSPorts = implicitTLSPorts
        heldBudget = memory.held
        rememberedBudget = memory.remembered
        stateBudget = memory.state
        certificateBudget = memory.certificates
        maximumHalfOpen = memory.halfOpen
        maximumClosing = memory.closing
        maximumClosedFlows = memory.closedFlows
    }

    /// What each of `count` trackers gets that share these budgets.
    func share(of count: Int) -> Self {
        var share = self
        share.heldBudget = max(1, heldBudget / count)
        share.rememberedBudget = max(1, rememberedBudget / count)
        share.stateBudget = max(1, stateBudget / count)
        share.certificateBudget = max(1, certificateBudget / count)
        share.maximumHalfOpen = max(1, maximumHalfOpen / count)
        share.maximumEstablished = maximumEstablished == .max ? .max : max(1, maximumEstablished / count)
        share.maximumClosing = max(1, maximumClosing / count)
        share.maximumClosedFlows = max(1, maximumClosedFlows / count)
        return share
    }

    func role(of port: UInt16) -> PortRole {
        if implicitTLSPorts.contains(port) { return .implicitTLS }
        return port == 25 ? .relay : port == 587 ? .submission : .other
    }

    /// Who opened the connection: the SYN tells; else the side on a mail port is the server; else who speaks like one.
    func isFromClient(_ segment: borrowing TCPSegment) -> Bool {
        if segment.flags.contains(.syn) { return !segment.flags.contains(.ack) }
        let sourceServes = ports.contains(segment.source.port)
        let destinationServes = ports.contains(segment.destination.port)
        if sourceServes != destinationServes { return destinationServes }
        let payload = segment.payload
        if payload.count > 5, payload[0] == TLSContentType.handshake.rawValue, payload[1] == 3 {
            return payload[5] == HandshakeType.clientHello.rawValue
        }
        if payload.starts(withASCII: "220") || payload.starts(withASCII: "250") { return false }
        if payload.starts(withASCII: "EHLO ") || payload.starts(withASCII: "HELO ") { return true }
        return segment.source.port > segment.destination.port
    }
}
