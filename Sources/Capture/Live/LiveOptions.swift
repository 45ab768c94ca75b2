/// How interfaces are listened to.
public struct LiveOptions: Sendable {
    /// Octets of each packet that are captured at most.
    public var snapLength = 262_144
    /// Take packets that are not for this host, too.
    public var isPromiscuous = true
    /// Room in the kernel for packets that were not read yet, in octets, for each interface. libpcap's own 2 MB loses
    /// packets as soon as there is work to do.
    public var bufferOctets = 64 << 20
    /// How long the kernel may keep packets together before it hands them over, in milliseconds.
    public var patience: Int32 = 20
    /// Which packets the kernel shall hand over (pcap-filter(7)); the leading one that fits the link type is used.
    public var expressions = [""]

    public init() {}
}

/// BPF expressions that let mail through, as it is and inside VLANs, tunnels and fragments.
public enum MailExpression {
    /// The leading one looks into VLAN tags and for labels; the other is for link types that know neither.
    ///
    /// - Parameters:
    ///   - ports: ranges of mail ports.
    ///   - user: an expression that narrows it; `nil` for none.
    public static func candidates(ports: [ClosedRange<UInt16>], narrowedBy user: String? = nil) -> [String] {
        let mail = ports.map { range in
            range.count == 1 ? "tcp port \(range.lowerBound)" : "tcp portrange \(range.lowerBound)-\(range.upperBound)"
        }.joined(separator: " or ")
        // Later fragments carry no ports; tunnels are taken apart in the decoder.
        let fragments = "ip[6:2] & 0x1fff != 0 or ip6[6] == 44"
        let tunnels =
            "proto 47 or proto 4 or proto 41 or udp port 4789 or udp port 8472 or udp port 6081 or udp port 2152"
        let plain = "\(mail) or \(fragments) or \(tunnels)"
        // What stands behind `vlan` looks at other places, so it comes last; the rest are labels, PPPoE and 802.1ad.
        let links = "ether proto 0x8847 or ether proto 0x8848 or ether proto 0x8864 or ether proto 0x88a8"
        let wrapped = "\(plain) or \(links) or (vlan and (\(plain) or (vlan and (\(plain)))))"
        // The user's stands before: behind `vlan` it would look at the wrong places, too.
        let narrowing = user.map { "(\($0)) and " } ?? ""
        return [wrapped, plain].map { "\(narrowing)(\($0))" }
    }
}
