import Findings
import Sessions
import Wire

extension TextReport {
    private static let labels = 11

    /// What happened, what proves it, how sure that is, what to do; the others of its kind by their place.
    ///
    /// - Parameter showsFilter: `false` where the finding before it had the same display filter.
    func finding(_ group: FindingGroup, showsFilter: Bool = true, on page: inout Page) {
        let finding = group.leading
        let severity = Page.padded("  " + finding.severity.name, to: Self.margin)
        let title = privacy.line(finding.card.title) + group.times
        page.line(page.ink.paint(severity, finding.severity.style) + page.ink.paint(title, .strong))
        page.paragraph(privacy.line(finding.sentence), indent: Self.margin)
        for piece in finding.evidence { evidence(piece, on: &page) }
        row("certainty", finding.certainty.rawValue, on: &page)
        row("or else", finding.alternatives, on: &page)
        row("fix", finding.remediation, on: &page)
        row("job of", Self.jobs(finding.remedies), on: &page)
        if finding.remedies.contains(where: { !$0.settings.isEmpty }) {
            row("settings", "earshot explain \(finding.card.id)", on: &page)
        }
        row("also", others(group), on: &page)
        if showsFilter, let filter = group.filter {
            page.line(Page.spaces(Self.margin) + Page.padded("wireshark", to: Self.labels) + filter)
        }
        row("rule", finding.card.id, on: &page)
    }

    /// Whose job the steps are, each named once.
    private static func jobs(_ remedies: [Remedy]) -> String {
        var jobs: [Remedy.Job] = []
        for remedy in remedies where !jobs.contains(remedy.job) { jobs.append(remedy.job) }
        return jobs.map(\.name).joined(separator: "; ")
    }

    /// Where else the same was seen, as far as it is kept.
    private func others(_ group: FindingGroup) -> String {
        let listed = group.alsoIn.map(place)
        let rest = group.count - 1 - listed.count
        guard rest > 0 else { return listed.joined(separator: ", ") }
        let more = listed.isEmpty ? Quantity.counted(rest, "time") : "and \(Quantity.grouped(rest)) more"
        return (listed + [more]).joined(separator: ", ")
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
        "\(Escaping.text(inputs.short(frame))) frame \(frame.number)"
    }
}
