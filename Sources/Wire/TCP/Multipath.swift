/// What a connection is of a multipath one (RFC 8684 §3.1, §3.2), as its SYN says, or segments behind it.
public enum MultipathRole: String, Sendable, Hashable {
    /// MP_CAPABLE: its opening subflow.
    case capable
    /// MP_JOIN: a further subflow, which carries what others do not.
    case join
    /// Either of them: its octets are placed in a stream that several subflows carry (DSS, §3.3).
    case subflow

    /// What the option of MPTCP among TCP's options says, if it is there. In a SYN it offers, or agrees; where octets follow,
    /// both sides have agreed, or it would not be there (§3.7).
    @inlinable @inline(__always)
    init?(_ options: Span<UInt8>, isSYN: Bool) {
        // Hardly any has it, and walking through its options costs a SYN more than a look at all their octets.
        guard options.holds(30) else { return nil }
        self.init(walking: options, isSYN: isSYN)
    }

    @usableFromInline @inline(never)
    init?(walking options: Span<UInt8>, isSYN: Bool) {
        guard let place = options.option(30), options[place + 1] >= 3 else { return nil }
        switch options[place + 2] >> 4 {
        case 0: self = .capable
        case 1: self = .join
        case 2 where !isSYN: self = .subflow
        default: return nil
        }
    }
}

extension TCPSegment {
    /// What the option of MPTCP says of the connection.
    public var multipath: MultipathRole? { MultipathRole(options, isSYN: flags.contains(.syn)) }
}
