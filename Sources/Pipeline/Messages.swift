import Glibc
import Wire

/// Warnings and progress: everything that is not a result goes to stderr, a line each, behind the program's name.
public struct Messages: Sendable {
    private let send: @Sendable (String) -> Void

    /// `send` gets every line, its end included.
    public init(_ send: @escaping @Sendable (String) -> Void) { self.send = send }

    /// One sentence for a person. Names of files may hold anything that a terminal obeys: none of it reaches one.
    public func write(_ text: String) { send("earshot: \(Self.printable(text))\n") }

    /// Text with what a terminal would obey written out, ends of lines kept.
    public static func printable(lines text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { printable(String($0)) }
            .joined(separator: "\n")
    }

    fileprivate static func printable(_ text: String) -> String { Escaping.text(text, limit: .max) }

    /// Text as it is, for a terminal.
    func draw(_ text: String) { send(text) }
}

/// A line on a terminal that says how far a large file was read; drawn over itself, and gone at the end.
struct Progress {
    private let isShown: Bool
    private let messages: Messages
    private var drawn = -1

    /// Smaller files are done before anybody looks, in octets.
    private static let threshold: Int64 = 300_000_000

    init(isShown: Bool, messages: Messages) {
        self.isShown = isShown
        self.messages = messages
    }

    mutating func show(_ position: Int64?, of size: Int64?, _ name: String) {
        guard isShown, let position, let size, size >= Self.threshold else { return }
        let percent = Int(min(100, position / max(1, size / 100)))
        guard percent != drawn else { return }
        drawn = percent
        messages.draw("\r\(Messages.printable(name)): \(percent) % of \(size / 1_000_000) MB\u{1B}[K")
    }

    mutating func clear() {
        guard drawn >= 0 else { return }
        drawn = -1
        messages.draw("\r\u{1B}[K")
    }
}
