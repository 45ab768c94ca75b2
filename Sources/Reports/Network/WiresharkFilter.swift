import Findings
import Wire

/// Display filters for Wireshark and tshark: from a report to the packets.
public enum WiresharkFilter {
    /// Everything between two ends: one connection, or more where ports were used again.
    public static func connection(_ client: Endpoint, _ server: Endpoint) -> String {
        [client, server].map { "\(address($0.address)) && tcp.port==\($0.port)" }.joined(separator: " && ")
    }

    /// Everything of a hop.
    public static func hop(_ key: HopKey) -> String {
        "\(address(key.client)) && \(address(key.server.address)) && tcp.port==\(key.server.port)"
    }

    /// One packet; the file is the reader's to open.
    public static func frame(_ frame: FrameNumber) -> String { "frame.number==\(frame.number)" }

    private static func address(_ address: IPAddress) -> String {
        "\(address.isV6 ? "ipv6" : "ip").addr==\(address)"
    }
}
