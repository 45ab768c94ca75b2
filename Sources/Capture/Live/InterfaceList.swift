import CPcap

/// The interfaces that can be listened to, as `earshot -D` lists them.
public enum InterfaceList {
    /// One interface.
    public struct Entry: Sendable {
        public let name: String
        /// What libpcap says of it; empty for most.
        public let description: String
        public let isUp: Bool
        public let isRunning: Bool
        public let isLoopback: Bool
    }

    public static func read() throws(CaptureError) -> [Entry] {
        var reason = [CChar](repeating: 0, count: Int(PCAP_ERRBUF_SIZE))
        var leading: UnsafeMutablePointer<pcap_if_t>?
        let code = unsafe reason.withUnsafeMutableBufferPointer { unsafe pcap_findalldevs(&leading, $0.baseAddress) }
        guard code == 0 else {
            throw CaptureError(input: "interfaces", problem: "they cannot be listed: \(CText.text(reason))")
        }
        defer { unsafe pcap_freealldevs(leading) }
        var entries: [Entry] = []
        var next = unsafe leading
        while let device = unsafe next?.pointee {
            let flags = unsafe device.flags
            entries.append(
                Entry(
                    name: unsafe String(cString: device.name),
                    description: unsafe device.description.map { unsafe String(cString: $0) } ?? "",
                    isUp: flags & UInt32(PCAP_IF_UP) != 0, isRunning: flags & UInt32(PCAP_IF_RUNNING) != 0,
                    isLoopback: flags & UInt32(PCAP_IF_LOOPBACK) != 0))
            unsafe next = device.next
        }
        return entries
    }
}
