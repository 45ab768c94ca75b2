/// What a connection is of a multipath one (RFC 8684 §3.1, §3.2), as its SYN says, or segments behind it.
public enum MultipathRole: String, Sendable, Hashable {
    /// MP_CAPABLE: its opening subflow.
    case capable
    /// MP_JOIN: a further subflow, which carries what others do not.
    case join
    /// Either of them: its octets are placed in a stream that several subflows carry (DSS, §3.3).
    case subflow
}

extension TCPSegment {
    /// What the option of MPTCP says of the connection. In a SYN it offers, or agrees; where octets follow, both sides have
    /// agreed, or it would not be there (§3.7).
    public var multipath: MultipathRole? {
        guard let option = subtype(of: 30, atLeast: 3) else { return nil }
        return switch option >> 4 {
        case 0: .capable
        case 1: .join
        case 2 where !flags.contains(.syn): .subflow
        default: nil
        }
    }
}
