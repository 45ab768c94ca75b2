/// A header around a segment that is not its own: a VLAN tag, a label, a tunnel.
public struct Encapsulation: Hashable, Sendable {
    public let kind: Kind
    /// What the header calls its traffic: VLAN identifier, MPLS label, PPPoE session, GRE key, VNI, TEID; `nil` where
    /// there is none.
    public let identifier: UInt32?
    /// The tunnel's ends as the outer IP header names them; `nil` for headers of the link.
    public let source: IPAddress?
    public let destination: IPAddress?

    public init(
        _ kind: Kind, _ identifier: UInt32? = nil, from source: IPAddress? = nil, to destination: IPAddress? = nil
    ) {
        self.kind = kind
        self.identifier = identifier
        self.source = source
        self.destination = destination
    }

    public enum Kind: String, Sendable, CaseIterable {
        /// IEEE 802.1Q and 802.1ad, and the EtherTypes used before the latter.
        case vlan
        /// RFC 3032; one for each label.
        case mpls
        /// RFC 2516.
        case pppoe
        /// RFC 2784, RFC 2890.
        case gre
        /// RFC 7637: GRE whose key is a virtual subnet.
        case nvgre
        /// RFC 2637: GRE version 1.
        case pptp
        case erspan
        /// RFC 7348.
        case vxlan
        /// RFC 8926.
        case geneve
        /// RFC 2003.
        case ipv4InIPv4 = "4in4"
        /// RFC 4213.
        case ipv6InIPv4 = "6in4"
        /// RFC 2473.
        case ipv4InIPv6 = "4in6"
        case ipv6InIPv6 = "6in6"
        /// 3GPP TS 29.281.
        case gtp = "gtp-u"
        /// More paths were seen than are kept.
        case unnamed
    }

    /// Kind and identifier alone where they tell sessions apart, `nil` where they do not.
    ///
    /// They do where the protocol gives both directions the same identifier. Labels, GRE keys, call numbers and TEIDs
    /// are chosen by the receiver, each direction having its own; a tunnel's ends change places or differ, and may
    /// carry one direction alone (RFC 2003 tunnels are one-way).
    public var key: Self? {
        switch kind {
        case .vlan, .pppoe, .nvgre, .vxlan, .geneve: Self(kind, identifier)
        case .mpls, .gre, .pptp, .erspan, .ipv4InIPv4, .ipv6InIPv4, .ipv4InIPv6, .ipv6InIPv6, .gtp, .unnamed: nil
        }
    }
}

extension Encapsulation: Comparable {
    public static func < (left: Self, right: Self) -> Bool {
        if left.kind != right.kind { return left.kind.rawValue < right.kind.rawValue }
        if left.identifier != right.identifier { return (left.identifier ?? 0) < (right.identifier ?? 0) }
        let (none, leftEnds, rightEnds) = (
            IPAddress(v4: 0), (left.source, left.destination), (right.source, right.destination)
        )
        return (leftEnds.0 ?? none, leftEnds.1 ?? none) < (rightEnds.0 ?? none, rightEnds.1 ?? none)
    }
}
