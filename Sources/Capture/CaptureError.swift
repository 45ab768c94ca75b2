/// Why an input could not be opened or read to its end: one sentence for a person, and where.
package struct CaptureError: Error, Sendable, Equatable {
    /// The input as the user named it; `-` for standard input.
    package let input: String
    /// What was wrong and what can be done.
    package let problem: String
    /// Octet offset in the input where it was met, where that is known.
    package let offset: Int64?
    /// Whether `offset` counts octets after decompression.
    package let isDecompressed: Bool
    /// Packets that were read before it.
    package private(set) var packets: UInt64

    package init(
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
    package var description: String {
        let place = offset.map { " at octet \($0)\(isDecompressed ? " after decompression" : "")" } ?? ""
        let progress = packets > 0 ? " (the \(packets) packets before it were analyzed)" : ""
        return "\(input == "-" ? "standard input" : input)\(place): \(problem)\(progress)"
    }
}
