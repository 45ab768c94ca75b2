import Findings

/// ANSI colour, where the caller wants it. Nothing is told by colour alone.
struct Ink: Sendable {
    let isOn: Bool

    enum Style: String, Sendable {
        case alarm = "1;31"
        case warning = "33"
        case notice = "36"
        case good = "32"
        case strong = "1"
        case quiet = "2"
        case plain = ""
    }

    func paint(_ text: String, _ style: Style) -> String {
        isOn && style != .plain && !text.isEmpty ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
    }
}

extension Severity {
    var style: Ink.Style {
        switch self {
        case .critical, .high: .alarm
        case .medium: .warning
        case .low: .notice
        case .info: .quiet
        }
    }
}

extension Verdict {
    var style: Ink.Style {
        switch self {
        case .open, .tampered: .alarm
        case .weak, .recordable: .warning
        case .unknown: .notice
        case .sealed: .good
        case .idle, .local: .quiet
        }
    }
}
