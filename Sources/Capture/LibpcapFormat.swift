import CPcap
import Glibc

/// A capture that libpcap reads: its packets are copied into blocks, so that what follows need not know.
@safe final class LibpcapFormat {
    let interfaces: [CaptureInterface]
    private let handle: OpaquePointer
    private let file: UnsafeMutablePointer<FILE>
    private let input: String
    /// A packet that did not fit into the last block.
    private var pending: (header: pcap_pkthdr, data: UnsafePointer<UInt8>)?
    private var packets: UInt64 = 0

    /// Takes the stream over, and closes it.
    init(_ file: UnsafeMutablePointer<FILE>, input: String) throws(CaptureError) {
        var reason = [CChar](repeating: 0, count: Int(PCAP_ERRBUF_SIZE))
        let handle = unsafe reason.withUnsafeMutableBufferPointer { buffer in
            unsafe pcap_fopen_offline_with_tstamp_precision(
                file, UInt32(PCAP_TSTAMP_PRECISION_NANO), buffer.baseAddress)
        }
        guard let handle = unsafe handle else {
            let text = CText.text(reason)
            unsafe fclose(file)
            throw CaptureError(input: input, problem: Advice.onLibpcapOpening(text))
        }
        unsafe self.handle = handle
        unsafe self.file = file
        self.input = input
        interfaces = [CaptureInterface(linkType: unsafe pcap_datalink(handle))]
    }

    deinit { unsafe pcap_close(handle) }

    /// Octets of the input that were read.
    var position: Int64 { max(0, Int64(unsafe ftello(file))) }

    /// Copies packets until the block is full or the input has ended; answers octets that a packet needs which does not
    /// fit into an empty block.
    func fill(_ filling: inout Filling) throws(CaptureError) -> Int {
        while filling.hasRoom, let (header, data) = unsafe try nextPacket() {
            let captured = Int(header.caplen)
            guard filling.consumed + captured <= filling.available else {
                unsafe pending = unsafe (header, data)
                return filling.count == 0 ? captured : 0
            }
            unsafe pending = nil
            let octets = unsafe UnsafeRawBufferPointer(start: data, count: captured)
            unsafe UnsafeMutableRawBufferPointer(rebasing: filling.memory.octets[filling.consumed...])
                .copyMemory(from: octets)
            filling.append(
                PacketRecord(
                    nanoseconds: TimestampUnit.nanoseconds(
                        seconds: Int64(header.ts.tv_sec), Int64(header.ts.tv_usec)),
                    offset: filling.consumed, captured: header.caplen, original: header.len, slot: 0))
            filling.consumed += captured
        }
        return 0
    }

    private func nextPacket() throws(CaptureError) -> (header: pcap_pkthdr, data: UnsafePointer<UInt8>)? {
        if let pending = unsafe pending { return unsafe pending }
        return unsafe try read()
    }

    private func read() throws(CaptureError) -> (header: pcap_pkthdr, data: UnsafePointer<UInt8>)? {
        var header: UnsafeMutablePointer<pcap_pkthdr>?
        var data: UnsafePointer<UInt8>?
        let status = unsafe pcap_next_ex(handle, &header, &data)
        guard status == 1, let header = unsafe header, let data = unsafe data else {
            if status == PCAP_ERROR_BREAK { return nil }
            throw CaptureError(
                input: input, problem: Advice.onLibpcapReading(unsafe String(cString: pcap_geterr(handle))),
                offset: position, packets: packets)
        }
        packets += 1
        return unsafe (header.pointee, data)
    }
}
