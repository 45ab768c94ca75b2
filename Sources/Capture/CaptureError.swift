/// Why an input could not be opened or read to its end: one sentence for a person, and where.
package struct CaptureError: Error, Sendable, Equatable {
    /// The input as the user named it; `-` for standard input.
    package let input: String
    /// What was wrong and what can be done.
    package let problem: String
    /// Octet offset in the input where it was met, where that is known.
    package let offset: Int64?
    /// Packets that were read before it.
    package let packets: UInt64

    package init(input: String, problem: String, offset: Int64? = nil, packets: UInt64 = 0) {
        self.input = input
        self.problem = problem
        self.offset = offset
        self.packets = packets
    }
}

extension CaptureError: CustomStringConvertible {
    package var description: String {
        let place = offset.map { " at octet \($0)" } ?? ""
        let progress = packets > 0 ? " (the \(packets) packets before it were analyzed)" : ""
        return "\(input == "-" ? "standard input" : input)\(place): \(problem)\(progress)"
    }
}
