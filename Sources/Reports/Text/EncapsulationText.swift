import Findings
import Wire

/// What sessions were wrapped in, for people.
enum EncapsulationText {
    /// `VXLAN 42, GRE`: the networks that set the hop apart, then whatever else its sessions were seen in; `nil` where
    /// that is nothing.
    static func phrase(_ hop: Hop) -> String? {
        let networks = hop.key.networks.map { "\(name($0.kind)) \($0.identifier ?? 0)" }
        let named = Set(hop.key.networks.map(\.kind))
        let others = hop.encapsulations.subtracting(named).map(name).sorted()
        let all = networks + others
        return all.isEmpty ? nil : all.joined(separator: ", ")
    }

    static func name(_ kind: Encapsulation.Kind) -> String {
        switch kind {
        case .vlan: "VLAN"
        case .mpls: "MPLS"
        case .pppoe: "PPPoE session"
        case .gre: "GRE"
        case .nvgre: "NVGRE"
        case .pptp: "PPTP"
        case .erspan: "ERSPAN"
        case .vxlan: "VXLAN"
        case .geneve: "GENEVE"
        case .ipv4InIPv4: "IPv4 in IPv4"
        case .ipv6InIPv4: "IPv6 in IPv4"
        case .ipv4InIPv6: "IPv4 in IPv6"
        case .ipv6InIPv6: "IPv6 in IPv6"
        case .gtp: "GTP-U"
        case .unnamed: "a tunnel beyond those kept"
        }
    }
}
