import Glibc

/// Says in one sentence what was wrong with an input and what can be done about it.
enum Advice {
    static func onSystemError(_ code: Int32) -> String {
        switch code {
        case ENOENT: "there is no such file; check the name"
        case EACCES, EPERM: "no permission to read it; run as a user who may, or change its mode"
        case EISDIR: "this is a directory; name the capture files in it"
        case EMFILE, ENFILE: "too many open files; raise the limit with ulimit -n"
        default: "it cannot be opened: \(unsafe String(cString: strerror(code)))"
        }
    }

    /// libpcap would not take the input for a capture.
    static func onOpening(_ reason: String, _ stream: InputStream) -> String {
        if stream.size == 0 { return "the file is empty; nothing was captured, or it was not written out yet" }
        if stream.magic.starts(with: [0x1F, 0x8B]) {
            return "this is gzip, not a capture; try: zcat FILE | earshot -r -"
        }
        if stream.magic == [0x28, 0xB5, 0x2F, 0xFD] {
            return "this is zstd, not a capture; try: zstdcat FILE | earshot -r -"
        }
        if reason.contains("unknown file format") {
            return "this is neither pcap nor pcapng; record one with: tcpdump -w FILE port 25"
        }
        if isCut(reason) || reason.isEmpty {
            return "the file ends within its header, so it holds no packet"
        }
        return "it cannot be read as a capture: \(reason)"
    }

    /// Reading ended before the input did.
    static func onReading(_ reason: String) -> String {
        if isCut(reason) {
            return "the file ends in the middle of a record (\(reason)); it was cut, or is still being written"
        }
        if reason.contains("different from the type") || reason.contains("doesn't match") {
            return "interfaces of different kinds in one file cannot be read; split it with editcap (\(reason))"
        }
        return "the rest of the file cannot be read (\(reason)); it is damaged here"
    }

    /// libpcap's words for classic pcap, and for pcapng.
    private static func isCut(_ reason: String) -> Bool {
        reason.contains("truncated dump file") || reason.contains("truncated pcapng dump file")
    }
}
