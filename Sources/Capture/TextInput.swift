/// A small file of text that the user names, such as settings.
public enum TextInput {
    /// Octets that are read at most.
    public static let limit = 1 << 20

    /// Reads it whole, as UTF-8; `-` is standard input.
    public static func read(_ path: String) throws(CaptureError) -> String {
        guard FileSystem.kind(of: path) != .directory else {
            throw CaptureError(input: path, problem: "this is a directory, not a file")
        }
        let input = try InputDescriptor(path)
        var octets: [UInt8] = []
        while octets.count <= limit {
            let before = octets.count
            try read(input, into: &octets)
            if octets.count == before { return try text(octets, path) }
        }
        throw CaptureError(input: path, problem: "it is longer than the \(limit) octets that are read of such a file")
    }

    private static func read(_ input: InputDescriptor, into octets: inout [UInt8]) throws(CaptureError) {
        let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 1)
        defer { unsafe room.deallocate() }
        let count = unsafe try input.read(into: room)
        unsafe octets.append(contentsOf: room.prefix(count))
    }

    private static func text(_ octets: [UInt8], _ path: String) throws(CaptureError) -> String {
        guard let text = String(validating: octets, as: UTF8.self) else {
            throw CaptureError(input: path, problem: "it is not text (UTF-8)")
        }
        return text
    }
}
