import CPcap
import CSystem
import Glibc

/// One interface that is listened to, through libpcap (a TPACKET_V3 ring on Linux). It never sends.
@safe final class LiveInterface {
    let name: String
    let linkType: Int32
    /// What poll(2) waits for.
    let descriptor: Int32
    /// What kind of hardware it is (ARPHRD_…); -1 for what is no network.
    let hardware: Int32
    private let handle: OpaquePointer
    private var packets: UInt64 = 0

    init(_ name: String, _ options: LiveOptions) throws(CaptureError) {
        var reason = [CChar](repeating: 0, count: Int(PCAP_ERRBUF_SIZE))
        let created = unsafe reason.withUnsafeMutableBufferPointer { unsafe pcap_create(name, $0.baseAddress) }
        guard let handle = unsafe created else {
            throw CaptureError(input: name, problem: "it cannot be listened to: \(CText.text(reason))")
        }
        do throws(CaptureError) {
            unsafe try Self.activate(handle, name, options)
        } catch {
            unsafe pcap_close(handle)
            throw error
        }
        unsafe self.handle = handle
        self.name = name
        linkType = unsafe pcap_datalink(handle)
        descriptor = unsafe pcap_get_selectable_fd(handle)
        hardware = earshot_hardware(descriptor)
    }

    deinit { unsafe pcap_close(handle) }

    private static func activate(
        _ handle: OpaquePointer, _ name: String, _ options: LiveOptions
    ) throws(CaptureError) {
        unsafe pcap_set_snaplen(handle, Int32(clamping: options.snapLength))
        unsafe pcap_set_promisc(handle, options.isPromiscuous ? 1 : 0)
        unsafe pcap_set_timeout(handle, options.patience)
        unsafe pcap_set_buffer_size(handle, Int32(clamping: options.bufferOctets))
        unsafe pcap_set_tstamp_precision(handle, PCAP_TSTAMP_PRECISION_NANO)
        let code = unsafe pcap_activate(handle)
        guard code >= 0 else { throw CaptureError(input: name, problem: unsafe Self.advice(code, handle, name)) }
        unsafe try filter(handle, name, options.expressions)
        guard unsafe pcap_setnonblock(handle, 1, nil) == 0 else {
            throw CaptureError(
                input: name, problem: "it cannot be listened to: \(unsafe String(cString: pcap_geterr(handle)))")
        }
    }

    /// Lets the kernel apply the leading expression that fits the link type: not every one knows VLANs.
    private static func filter(
        _ handle: OpaquePointer, _ name: String, _ expressions: [String]
    ) throws(CaptureError) {
        var reason = ""
        for expression in expressions {
            var program = unsafe bpf_program()
            guard unsafe pcap_compile(handle, &program, expression, 1, UInt32.max) == 0 else {
                reason = unsafe String(cString: pcap_geterr(handle))
                continue
            }
            defer { unsafe pcap_freecode(&program) }
            if unsafe pcap_setfilter(handle, &program) == 0 { return }
            reason = unsafe String(cString: pcap_geterr(handle))
        }
        throw CaptureError(input: name, problem: "the filter cannot be used: \(reason)")
    }

    private static func advice(_ code: Int32, _ handle: OpaquePointer, _ name: String) -> String {
        let detail = unsafe String(cString: pcap_geterr(handle))
        return switch code {
        case PCAP_ERROR_NO_SUCH_DEVICE: "there is no such interface; earshot -D lists them"
        case PCAP_ERROR_PERM_DENIED, PCAP_ERROR_PROMISC_PERM_DENIED:
            "no permission to capture; run as root, or once: setcap cap_net_raw=ep \(Self.program)"
        case PCAP_ERROR_IFACE_NOT_UP: "it is down; bring it up with: ip link set \(name) up"
        default: "it cannot be listened to: \(detail.isEmpty ? unsafe String(cString: pcap_statustostr(code)) : detail)"
        }
    }

    /// The program's file, for advice that can be pasted.
    private static var program: String {
        var path = [CChar](repeating: 0, count: Int(PATH_MAX))
        let length = unsafe path.withUnsafeMutableBufferPointer { room in
            unsafe readlink("/proc/self/exe", room.baseAddress.unsafelyUnwrapped, room.count - 1)
        }
        return length > 0 ? CText.text(path) : "/path/to/earshot"
    }

    /// How it stands with the kernel.
    enum State {
        case up, down, gone
    }

    var state: State {
        switch Int(unsafe earshot_interface_state(descriptor, name)) {
        case EARSHOT_IS_GONE: .gone
        case EARSHOT_IS_DOWN: .down
        default: .up
        }
    }

    /// What came of reading.
    enum Reading {
        case block(CaptureBlock)
        /// Nothing is there.
        case nothing
        /// It cannot be read, for this reason.
        case failed(String)
    }

    /// Copies what is there into a block, as far as it fits.
    func read(_ file: UInt32, _ pool: BlockPool) -> Reading {
        let memory = pool.take()
        precondition(memory.capacity > Self.longest)
        var filling = Filling(memory, available: memory.capacity)
        var failure: String?
        // A packet must fit whatever its length: it is gone from libpcap when it was asked for.
        while filling.hasRoom, memory.capacity - filling.consumed > Self.longest {
            var header: UnsafeMutablePointer<pcap_pkthdr>?
            var data: UnsafePointer<UInt8>?
            let code = unsafe pcap_next_ex(handle, &header, &data)
            if code == 0 { break }
            guard code == 1, let header = unsafe header, let data = unsafe data else {
                failure = unsafe String(cString: pcap_geterr(handle))
                break
            }
            unsafe Self.append(header.pointee, data, to: &filling)
        }
        guard filling.count > 0 else {
            pool.give(memory)
            return failure.map(Reading.failed) ?? .nothing
        }
        let place = CaptureBlock.Place(file: file, leadingNumber: packets + 1, position: 0, offset: 0)
        packets += UInt64(filling.count)
        return .block(CaptureBlock(memory, filling, place, [CaptureInterface(linkType: linkType)], pool))
    }

    /// Octets of the longest packet that the kernel hands over.
    private static let longest = 262_144 + 256

    private static func append(_ header: pcap_pkthdr, _ data: UnsafePointer<UInt8>, to filling: inout Filling) {
        let captured = min(Int(header.caplen), longest)
        unsafe UnsafeMutableRawBufferPointer(rebasing: filling.memory.octets[filling.consumed...])
            .copyMemory(from: UnsafeRawBufferPointer(start: data, count: captured))
        filling.append(
            PacketRecord(
                nanoseconds: TimestampUnit.nanoseconds(seconds: Int64(header.ts.tv_sec), Int64(header.ts.tv_usec)),
                offset: filling.consumed, captured: UInt32(captured), original: header.len, slot: 0))
        filling.consumed += captured
    }

    /// Packets that the kernel saw and that were lost since the interface was opened.
    var losses: CaptureLosses {
        var statistics = pcap_stat()
        guard unsafe pcap_stats(handle, &statistics) == 0 else { return CaptureLosses() }
        return CaptureLosses(
            received: UInt64(statistics.ps_recv), droppedByKernel: UInt64(statistics.ps_drop),
            droppedByInterface: UInt64(statistics.ps_ifdrop))
    }
}

/// What the kernel says of packets on an interface.
public struct CaptureLosses: Sendable, Equatable {
    /// Packets that the filter let through, lost ones included.
    public var received: UInt64 = 0
    /// Lost since they were not read in time: the buffer was full.
    public var droppedByKernel: UInt64 = 0
    /// Lost by the interface or its driver.
    public var droppedByInterface: UInt64 = 0

    public init(received: UInt64 = 0, droppedByKernel: UInt64 = 0, droppedByInterface: UInt64 = 0) {
        self.received = received
        self.droppedByKernel = droppedByKernel
        self.droppedByInterface = droppedByInterface
    }

    public static func + (left: Self, right: Self) -> Self {
        Self(
            received: left.received &+ right.received,
            droppedByKernel: left.droppedByKernel &+ right.droppedByKernel,
            droppedByInterface: left.droppedByInterface &+ right.droppedByInterface)
    }
}
