/// What a connection is of a multipath one (RFC 8684 §3.1, §3.2), as its SYN says.
public enum MultipathRole: String, Sendable, Hashable {
    /// MP_CAPABLE: its opening subflow.
    case capable
    /// MP_JOIN: a further subflow, which carries what others do not.
    case join
}

extension TCPSegment {
    /// What the option of MPTCP says of the connection; of a SYN alone.
    public var multipath: MultipathRole? {
        guard let option = subtype(of: 30, atLeast: 3) else { return nil }
        return switch option >> 4 {
        case 0: .capable
        case 1: .join
        default: nil
        }
    }
}
