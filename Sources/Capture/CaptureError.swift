/// Why an input could not be opened or read to its end: one sentence for a person, and where.
public struct CaptureError: Error, Sendable, Equatable {
    /// The input as the user named it; `-` for standard input.
    public let input: String
    /// What was wrong and what can be done.
    public let problem: String
    /// Octet offset in the input where it was met, where that is known.
    public let offset: Int64?
    /// Whether `offset` counts octets after decompression.
    public let isDecompressed: Bool
    /// Packets that were read before it.
    public private(set) var packets: UInt64

    public init(
        input: String, problem: String, offset: Int64? = nil, isDecompressed: Bool = false, packets: UInt64 = 0
    ) {
        self.input = input
        self.problem = problem
        self.offset = offset
        self.isDecompressed = isDecompressed
        self.packets = packets
    }

    /// The same, met behind so many packets.
    func after(_ packets: UInt64) -> Self {
        var error = self
        error.packets = packets
        return error
    }
}

extension CaptureError: CustomStringConvertible {
    public var description: String {
        let place = offset.map { " at octet \($0)\(isDecompressed ? " after decompression" : "")" } ?? ""
        let progress = packets > 0 ? " (the \(packets) packets before it were analyzed)" : ""
        return "\(name)\(place): \(problem)\(progress)"
    }

    private var name: String {
        switch input {
        case "-": "standard input"
        case "": "\"\""
        default: input
        }
    }
}
