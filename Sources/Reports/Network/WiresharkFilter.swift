import Findings
import Wire

/// Display filters for Wireshark and tshark: from a report to the packets.
public enum WiresharkFilter {
    /// Everything between two ends: one connection, or more where ports were used again.
    public static func connection(_ client: Endpoint, _ server: Endpoint) -> String {
        text { append(connection: client, server, to: &$0) }
    }

    /// Everything of a hop.
    public static func hop(_ key: HopKey) -> String {
        text { octets in
            append(key.client, to: &octets)
            octets.append(" && ")
            append(key.server, to: &octets)
        }
    }

    /// One packet; the file is the reader's to open.
    public static func frame(_ frame: FrameNumber) -> String { text { append(frame: frame, to: &$0) } }

    /// The same as octets, appended to others.
    static func append(connection client: Endpoint, _ server: Endpoint, to octets: inout [UInt8]) {
        append(client, to: &octets)
        octets.append(" && ")
        append(server, to: &octets)
    }

    static func append(frame: FrameNumber, to octets: inout [UInt8]) {
        octets.append("frame.number==")
        octets.append(decimal: UInt64(frame.number))
    }

    private static func append(_ endpoint: Endpoint, to octets: inout [UInt8]) {
        append(endpoint.address, to: &octets)
        octets.append(" && ")
        octets.append("tcp.port==")
        octets.append(decimal: UInt64(endpoint.port))
    }

    private static func append(_ address: IPAddress, to octets: inout [UInt8]) {
        octets.append(address.isV6 ? "ipv6.addr==" : "ip.addr==")
        address.append(to: &octets)
    }

    private static func text(_ body: (inout [UInt8]) -> Void) -> String {
        var octets: [UInt8] = []
        body(&octets)
        return String(decoding: octets, as: UTF8.self)
    }
}
