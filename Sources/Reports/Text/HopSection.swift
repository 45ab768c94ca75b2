import Findings
import Sessions
import Wire

extension TextReport {
    /// Columns of the verdict, or of a finding's severity; all else stands to the right of them.
    static let margin = 11

    /// A hop: who, how much, who is in earshot; then its findings.
    func section(_ entry: HopEntry) -> String {
        let hop = entry.hop
        var page = Page(options: options)
        let word = Page.padded(hop.verdict.rawValue.uppercased(), to: Self.margin)
        page.line(page.ink.paint(word, hop.verdict.style) + page.ink.paint(title(hop), .strong))
        page.paragraph(earshot(hop), indent: Self.margin)
        if let why = unseen(hop) { page.paragraph(why, indent: Self.margin) }
        var filter: String?
        for group in entry.findings where !group.isRemark {
            page.line()
            finding(group, showsFilter: group.filter != filter, on: &page)
            filter = group.filter
        }
        remarks(entry.findings.filter(\.isRemark), on: &page)
        page.line()
        return page.text
    }

    /// Together in one line: `earshot explain` says the rest.
    private func remarks(_ groups: [FindingGroup], on page: inout Page) {
        guard !groups.isEmpty else { return }
        page.line()
        let names = groups.map { $0.leading.card.id + $0.times }.joined(separator: ", ")
        page.paragraph("\(names) (earshot explain RULE)", lead: "  info", indent: Self.margin, style: .quiet)
    }

    /// What concerns the capture as a whole.
    func captureSection(_ findings: [Finding]) -> String {
        var page = Page(options: options)
        page.line(Page.padded("CAPTURE", to: Self.margin) + page.ink.paint("all sessions together", .strong))
        for finding in findings {
            page.line()
            self.finding(FindingGroup(finding), on: &page)
        }
        page.line()
        return page.text
    }

    /// Hops with nothing to act on: a line each, then a count.
    func quietSection(_ hops: [HopEntry]) -> String {
        guard !hops.isEmpty else { return "" }
        var page = Page(options: options)
        for hop in hops.prefix(Self.maximumQuietHops) { page.line(quietLine(hop, ink: page.ink)) }
        let rest = hops.count - Self.maximumQuietHops
        if rest > 0 { page.line(Page.spaces(Self.margin) + "and \(Quantity.counted(rest, "more hop")) like these") }
        page.line()
        return page.text
    }

    private func quietLine(_ entry: HopEntry, ink: Ink) -> String {
        let hop = entry.hop
        var parts = [size(hop)]
        if let listeners = ListenerWording.brief(hop) { parts.append(listeners) }
        let findings = entry.findings.map { $0.leading.card.id + $0.times }
        if !findings.isEmpty { parts.append("info: " + findings.joined(separator: ", ")) }
        let word = ink.paint(Page.padded(hop.verdict.rawValue.uppercased(), to: Self.margin), hop.verdict.style)
        return word + title(hop) + "  " + ink.paint(parts.joined(separator: "; "), .quiet)
    }

    /// `192.0.2.10 (client.example) -> 192.0.2.25:587 (mx.example)`.
    private func title(_ hop: Hop) -> String {
        let client = hop.key.client.description
        let server = hop.key.server.description
        let vlans = hop.key.vlans.map { "\($0)" }.joined(separator: ".")
        return client + name(hop.clientName, beside: client) + " -> " + server + name(hop.serverName, beside: server)
            + (vlans.isEmpty ? "" : " on VLAN \(vlans)") + (EncapsulationText.phrase(hop).map { " in \($0)" } ?? "")
    }

    /// The name an end gave itself: the leading word of its greeting or EHLO, where it says more than the address.
    private func name(_ quoted: QuotedText?, beside address: String) -> String {
        guard let quoted, let word = privacy.line(quoted).split(separator: " ").first else { return "" }
        let name = String(word.prefix(64))
        return name == "[\(address)]" || name == address ? "" : " (\(name))"
    }

    private func size(_ hop: Hop) -> String {
        "\(Quantity.counted(hop.sessions, "session")), \(Quantity.octets(hop.octets))"
    }

    private func earshot(_ hop: Hop) -> String {
        "\(size(hop)). In earshot: \(ListenerWording.sentence(hop))."
    }

    /// Why the capture cannot tell.
    private func unseen(_ hop: Hop) -> String? {
        guard hop.verdict == .unknown, !hop.notObservable.isEmpty else { return nil }
        let facts = hop.notObservable.map { "\($0.fact) (\($0.why.rawValue))" }.sorted()
        return "Not seen: \(facts.joined(separator: ", "))."
    }
}
