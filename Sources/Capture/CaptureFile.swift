import CPcap
import Glibc

/// A saved capture (.pcap in both byte orders, micro- and nanoseconds; .pcapng), read through libpcap.
@safe package struct CaptureFile: ~Copyable {
    package let input: String
    /// Link type of its packets (DLT_…).
    package let linkType: Int32
    /// Packets handed out so far.
    package private(set) var packets: UInt64 = 0
    /// Size in octets, where the input has one.
    package let size: Int64?

    private let stream: InputStream
    private let handle: OpaquePointer
    private var filter: Filter?

    /// Opens `path`, or standard input for `-`.
    package init(_ path: String) throws(CaptureError) {
        let stream = try InputStream(path)
        unsafe self.init(path, stream, try Self.open(stream, path))
    }

    private init(_ path: String, _ stream: InputStream, _ handle: OpaquePointer) {
        input = path
        self.stream = stream
        size = stream.size
        unsafe self.handle = handle
        linkType = unsafe pcap_datalink(handle)
        filter = nil
    }

    deinit {
        // Closes the stream, too.
        unsafe pcap_close(handle)
    }

    /// A name for the link type, as libpcap gives it.
    package var linkTypeName: String {
        unsafe pcap_datalink_val_to_name(linkType).map { unsafe String(cString: $0) } ?? "unknown"
    }

    /// Octet offset of the next record; on a pipe it is known for classic pcap alone.
    package var position: Int64? { stream.position ?? (stream.isClassic ? counted : nil) }
    private var counted: Int64 = 24
    /// Classic pcap: a header of 24 octets with the link type at 20, then records.
    package var isClassic: Bool { stream.isClassic }

    /// Lets only packets through that match a BPF expression (pcap-filter(7)). The others are still counted.
    package mutating func setFilter(_ expression: String) throws(CaptureError) {
        filter = unsafe try Filter(expression, handle: handle, input: input)
    }

    /// The next packet, or `nil` at the end.
    @_lifetime(&self)
    package mutating func next() throws(CaptureError) -> Packet? {
        var header: UnsafeMutablePointer<pcap_pkthdr>?
        var data: UnsafePointer<UInt8>?
        let status = unsafe pcap_next_ex(handle, &header, &data)
        guard status == 1, let header = unsafe header, let data = unsafe data else {
            if status == PCAP_ERROR_BREAK { return nil }
            throw failure(unsafe String(cString: pcap_geterr(handle)))
        }
        packets += 1
        counted += 16 + Int64(unsafe header.pointee.caplen)
        let selected = unsafe filter?.matches(header, data) ?? true
        let captured = unsafe UnsafeBufferPointer(start: data, count: Int(header.pointee.caplen))
        let octets = unsafe Span(_unsafeElements: captured)
        let packet = unsafe Packet(
            octets: octets, nanoseconds: Self.nanoseconds(header.pointee.ts),
            originalLength: Int(header.pointee.len), number: packets, isSelected: selected)
        return unsafe _overrideLifetime(packet, mutating: &self)
    }

    /// libpcap's words, completed by what can be done.
    private func failure(_ reason: String) -> CaptureError {
        CaptureError(input: input, problem: Advice.onReading(reason), offset: position, packets: packets)
    }

    /// Seconds and nanoseconds (the handle was opened for those) in one number, whatever the file claims.
    private static func nanoseconds(_ time: timeval) -> Int64 {
        let (seconds, overflow) = Int64(time.tv_sec).multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflow else { return time.tv_sec < 0 ? .min : .max }
        let (sum, beyond) = seconds.addingReportingOverflow(Int64(time.tv_usec))
        return beyond ? .max : sum
    }

    private static func open(_ stream: InputStream, _ path: String) throws(CaptureError) -> OpaquePointer {
        var reason = [CChar](repeating: 0, count: Int(PCAP_ERRBUF_SIZE))
        let handle = unsafe reason.withUnsafeMutableBufferPointer { buffer in
            unsafe pcap_fopen_offline_with_tstamp_precision(
                stream.file, UInt32(PCAP_TSTAMP_PRECISION_NANO), buffer.baseAddress)
        }
        guard let handle = unsafe handle else {
            let text = String(decoding: reason.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            let error = CaptureError(input: path, problem: Advice.onOpening(text, stream), offset: stream.position)
            stream.close()
            throw error
        }
        return unsafe handle
    }
}

/// A compiled BPF program.
@safe private final class Filter {
    private var program = unsafe bpf_program()

    init(_ expression: String, handle: OpaquePointer, input: String) throws(CaptureError) {
        guard unsafe pcap_compile(handle, &program, expression, 1, UInt32.max) == 0 else {
            let reason = unsafe String(cString: pcap_geterr(handle))
            throw CaptureError(input: input, problem: "the filter '\(expression)' cannot be used: \(reason)")
        }
    }

    deinit { unsafe pcap_freecode(&program) }

    func matches(_ header: UnsafePointer<pcap_pkthdr>, _ data: UnsafePointer<UInt8>) -> Bool {
        unsafe pcap_offline_filter(&program, header, data) != 0
    }
}
