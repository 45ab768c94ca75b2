/// Lines of a report as they take shape: wrapped at the terminal's width, painted where colour is on.
struct Page {
    let ink: Ink
    private let width: Int
    private(set) var text = ""

    /// Narrower than this nothing can be set; wider than this nothing reads well.
    private static let readableWidths = 48...120

    init(options: ReportOptions) {
        ink = Ink(isOn: options.colour)
        width = min(max(options.width, Self.readableWidths.lowerBound), Self.readableWidths.upperBound)
    }

    /// A line as it is; longer than the terminal where it must stay in one piece.
    mutating func line(_ line: String = "") {
        text += line
        text += "\n"
    }

    /// Words, wrapped. The opening line begins with `lead`, unless it is longer than `indent`: then it stands alone.
    mutating func paragraph(_ words: String, lead: String = "", indent: Int, style: Ink.Style = .plain) {
        if lead.count >= indent, !lead.isEmpty { line(lead) }
        let opening = lead.count < indent ? lead + Self.spaces(indent - lead.count) : Self.spaces(indent)
        for (index, line) in Self.wrap(words, width: max(20, width - indent)).enumerated() {
            self.line((index == 0 ? opening : Self.spaces(indent)) + ink.paint(line, style))
        }
    }

    /// Characters as they are, blanks included; broken where the line ends.
    mutating func verbatim(_ text: String, indent: Int, style: Ink.Style) {
        var rest = Substring(text)
        repeat {
            let piece = rest.prefix(max(20, width - indent))
            line(Self.spaces(indent) + ink.paint(String(piece), style))
            rest = rest.dropFirst(piece.count)
        } while !rest.isEmpty
    }

    /// A paragraph behind a label in a column of its own.
    mutating func row(_ label: String, _ words: String, indent: Int, column: Int) {
        paragraph(words, lead: Self.spaces(indent) + label, indent: indent + column)
    }

    static func spaces(_ count: Int) -> String { String(repeating: " ", count: max(0, count)) }

    /// `text` and at least one space, `width` columns in all.
    static func padded(_ text: String, to width: Int) -> String {
        text + spaces(max(1, width - text.count))
    }

    static func rightAligned(_ text: String, to width: Int) -> String { spaces(width - text.count) + text }

    /// Lines of at most `width` characters; a word that is longer is broken.
    static func wrap(_ words: String, width: Int) -> [String] {
        var lines: [String] = []
        var line: [Character] = []
        for word in words.split(separator: " ") {
            if !line.isEmpty, line.count + 1 + word.count > width {
                lines.append(String(line))
                line = []
            }
            if !line.isEmpty { line.append(" ") }
            line += word
            while line.count > width {
                lines.append(String(line.prefix(width)))
                line.removeFirst(width)
            }
        }
        if !line.isEmpty || lines.isEmpty { lines.append(String(line)) }
        return lines
    }
}
