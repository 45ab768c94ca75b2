import Findings
import Sessions
import Wire

extension TextReport {
    private static let labels = 11

    /// A finding on the capture as a whole.
    func finding(_ finding: Finding, on page: inout Page) {
        statement(finding, count: 1, on: &page)
        row("rule", finding.card.id, on: &page)
    }

    /// A finding on a hop: the opening one in full, the others by their place.
    func finding(_ group: Hop.GroupedFinding, on page: inout Page) {
        statement(group.leading, count: group.count, on: &page)
        row("also", others(group).joined(separator: ", "), on: &page)
        if let session = group.examples.first?.session {
            let filter = WiresharkFilter.connection(session.client, session.server)
            page.line(Page.spaces(Self.margin) + Page.padded("wireshark", to: Self.labels) + filter)
        }
        row("rule", group.leading.card.id, on: &page)
    }

    /// What happened, what proves it, how sure that is, what to do.
    private func statement(_ finding: Finding, count: Int, on page: inout Page) {
        let severity = Page.padded("  " + finding.severity.name, to: Self.margin)
        let title = privacy.line(finding.card.title) + Self.times(count)
        page.line(page.ink.paint(severity, finding.severity.style) + page.ink.paint(title, .strong))
        page.paragraph(privacy.line(finding.sentence), indent: Self.margin)
        for piece in finding.evidence { evidence(piece, on: &page) }
        row("certainty", finding.certainty.rawValue, on: &page)
        row("or else", finding.alternatives, on: &page)
        row("fix", finding.remediation, on: &page)
    }

    /// The other sessions in which the same was seen, as far as they are kept.
    private func others(_ group: Hop.GroupedFinding) -> [String] {
        let listed = group.examples.dropFirst().compactMap { example in
            example.finding.evidence.first.map { place($0.frame) }
        }
        let rest = group.count - 1 - listed.count
        guard rest > 0 else { return listed }
        return listed + [listed.isEmpty ? Quantity.counted(rest, "time") : "and \(Quantity.grouped(rest)) more"]
    }

    private func row(_ label: String, _ words: String, on page: inout Page) {
        guard !words.isEmpty else { return }
        page.row(label, privacy.line(words), indent: Self.margin, column: Self.labels)
    }

    /// Where, what it shows, and the octets as in a transcript: `C:` the client's, `S:` the server's.
    private func evidence(_ evidence: Evidence, on page: inout Page) {
        page.paragraph("\(place(evidence.frame)): \(privacy.line(evidence.text))", indent: Self.margin + 2)
        guard let octets = evidence.octets, !octets.full.isEmpty else { return }
        let speaker = evidence.side.map { $0 == .client ? "C: " : "S: " } ?? ""
        page.verbatim(speaker + privacy.line(octets), indent: Self.margin + 4, style: .notice)
    }

    private func place(_ frame: FrameNumber) -> String {
        "\(Escaping.text(inputs[frame])) frame \(frame.number)"
    }
}
