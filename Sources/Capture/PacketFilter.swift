import CPcap

/// A BPF expression (pcap-filter(7)), compiled for each link type that is met.
@safe final class PacketFilter {
    private let expression: String
    private let input: String
    private var programs: [Int32: Program] = [:]

    init(_ expression: String, input: String) {
        self.expression = expression
        self.input = input
    }

    /// Compiles the expression for a link type, unless it was already.
    func prepare(_ linkType: Int32) throws(CaptureError) {
        guard programs[linkType] == nil else { return }
        do throws(FormatFault) {
            programs[linkType] = try Program(expression, linkType)
        } catch {
            throw CaptureError(input: input, problem: "the filter '\(expression)' cannot be used: \(error.reason)")
        }
    }

    /// Marks the packets of a block that the expression leaves out.
    func apply(to filling: Filling, _ interfaces: [CaptureInterface]) throws(CaptureError) {
        var linkType: Int32?
        var program: Program?
        for index in 0..<filling.count {
            let record = unsafe filling.memory.records[index]
            let type = interfaces[Int(record.slot)].linkType
            if type != linkType {
                try prepare(type)
                linkType = type
                program = programs[type]
            }
            guard let program, !program.matches(record, filling.memory) else { continue }
            unsafe filling.memory.records[index].slot |= PacketRecord.leftOut
        }
    }

    @safe private final class Program {
        private var code = unsafe bpf_program()

        init(_ expression: String, _ linkType: Int32) throws(FormatFault) {
            let handle = unsafe pcap_open_dead(linkType, Int32(LinkTypeNumber.maximumSnapLength(linkType)))
            guard let handle = unsafe handle else { throw FormatFault("no memory") }
            defer { unsafe pcap_close(handle) }
            guard unsafe pcap_compile(handle, &code, expression, 1, UInt32.max) == 0 else {
                throw FormatFault(unsafe String(cString: pcap_geterr(handle)))
            }
        }

        deinit { unsafe pcap_freecode(&code) }

        func matches(_ record: PacketRecord, _ memory: BlockMemory) -> Bool {
            var header = pcap_pkthdr()
            header.caplen = record.captured
            header.len = record.original
            let octets = unsafe memory.octets.baseAddress.unsafelyUnwrapped.advanced(by: Int(record.offset))
            return unsafe pcap_offline_filter(&code, &header, octets.assumingMemoryBound(to: UInt8.self)) != 0
        }
    }
}
