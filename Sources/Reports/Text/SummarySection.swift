import Findings
import Sessions
import Wire

extension TextReport {
    static let summaryLabels = 17

    /// What the run saw and did not see.
    func summarySection(_ summary: CaptureSummary) -> String {
        var page = Page(options: options)
        verdicts(summary, on: &page)
        findings(summary, on: &page)
        suppressed(summary, on: &page)
        notSeen(summary, on: &page)
        inputs(summary, on: &page)
        return page.text
    }

    private func heading(_ text: String, on page: inout Page) {
        if !page.text.isEmpty { page.line() }
        page.line(page.ink.paint(text, .strong))
    }

    private func row(_ label: String, _ words: String, on page: inout Page) {
        page.row(label, words, indent: 2, column: Self.summaryLabels)
    }

    private func verdicts(_ summary: CaptureSummary, on page: inout Page) {
        heading("Who could have read it", on: &page)
        guard summary.sessions > 0 else {
            let words = summary.goingOn == nil ? "was seen" : "has ended so far"
            row("none", "no mail session that exchanged payload \(words)", on: &page)
            notMail(summary, on: &page)
            return goingOn(summary, on: &page)
        }
        let table = VerdictTable(summary)
        page.line(page.ink.paint(table.header, .quiet))
        for verdict in Verdict.allCases where verdict.hasShare || table.sessions(verdict) > 0 {
            let style = table.sessions(verdict) > 0 ? verdict.style : .quiet
            let word = Page.padded("  \(verdict.rawValue)", to: VerdictTable.margin)
            page.line(page.ink.paint(word, style) + table.row(verdict))
        }
        notMail(summary, on: &page)
        goingOn(summary, on: &page)
    }

    /// What none of the figures counts yet.
    private func goingOn(_ summary: CaptureSummary, on page: inout Page) {
        guard let goingOn = summary.goingOn else { return }
        let told =
            goingOn.findings > 0 ? ", of which \(Quantity.counted(goingOn.findings, "finding")) were told already" : ""
        row("going on", Quantity.counted(goingOn.connections, "connection") + told + ", not counted here", on: &page)
    }

    private func notMail(_ summary: CaptureSummary, on page: inout Page) {
        guard summary.notMail > 0 else { return }
        row("not mail", "\(Quantity.counted(summary.notMail, "session")) spoke neither SMTP nor TLS", on: &page)
    }

    private func findings(_ summary: CaptureSummary, on page: inout Page) {
        heading("Findings", on: &page)
        guard let worst = summary.worst else {
            let place = summary.goingOn == nil ? "" : " in sessions that have ended"
            return row("none", "no rule found anything\(place)", on: &page)
        }
        for (rule, count) in summary.findings.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
            page.line("  " + Page.rightAligned(Quantity.grouped(count), to: 9) + "  " + rule)
        }
        row("worst", worst.name, on: &page)
    }

    /// What the user does not want to hear, and how much of it there was; what is past its day is heard again.
    private func suppressed(_ summary: CaptureSummary, on page: inout Page) {
        guard !summary.suppressions.isEmpty else { return }
        let expired = Set(summary.expiredSuppressions)
        heading("Suppressed", on: &page)
        for (place, entry) in summary.suppressions.enumerated() {
            let count = Page.rightAligned(Quantity.grouped(summary.suppressed[place] ?? 0), to: 9)
            page.line("  \(count)  \(entry.rule), \(entry.hop)")
            let day = expired.contains(entry) ? "expired after \(entry.lastDay), heard again" : "until \(entry.lastDay)"
            page.paragraph(
                "\(day): \(privacy.line(Escaping.text(entry.reason)))", indent: 13,
                style: expired.contains(entry) ? .warning : .plain)
        }
    }

    private func inputs(_ summary: CaptureSummary, on page: inout Page) {
        heading("Inputs", on: &page)
        for input in summary.inputs {
            let size = "\(Quantity.counted(input.packets, "packet")), \(Quantity.octets(input.octets))"
            row(Escaping.text(input.name), size, on: &page)
            if let lost = input.lost { row("", lost, on: &page) }
            if let failure = input.failure { row("", "incomplete: " + privacy.line(failure), on: &page) }
        }
        if let start = summary.start, let end = summary.end { row("captured", Self.period(start, end), on: &page) }
        row("packets", Self.packets(summary.counters), on: &page)
        if let evidence = summary.evidence { row("evidence", Self.evidence(evidence), on: &page) }
    }

    private static func evidence(_ evidence: EvidenceCounters) -> String {
        let losses: [(UInt64, String, String)] = [
            (evidence.filesRemoved, "file", "removed to make room"), (evidence.packetsLost, "packet", "not written"),
            (evidence.packetsLeftOut, "packet", "beyond those kept of a session"),
            (evidence.sessionsGivenUp, "session", "given up to stay within the memory budget"),
        ]
        let written =
            "\(Quantity.counted(evidence.packets, "packet")) of \(Quantity.counted(evidence.sessions, "session")) in "
            + Quantity.counted(evidence.files, "file")
        let lost = losses.filter { $0.0 > 0 }.map { "\(Quantity.counted($0.0, $0.1)) \($0.2)" }
        return ([written] + lost).joined(separator: ", ")
    }

    private static func period(_ start: Timestamp, _ end: Timestamp) -> String {
        let (from, to) = (CalendarTime(start), CalendarTime(end))
        let until = from.date == to.date ? to.time : to.plain
        return "\(from.plain) to \(until) UTC (\(Quantity.duration(nanoseconds: end.since(start))))"
    }

    private static func packets(_ counters: CaptureCounters) -> String {
        let parts = [
            "\(Quantity.grouped(counters.packets)) in all",
            "\(Quantity.grouped(counters.mailSegments)) on mail ports",
            "\(Quantity.grouped(counters.otherPackets)) others",
        ]
        let filtered = counters.filtered > 0 ? ["\(Quantity.grouped(counters.filtered)) left out by the filter"] : []
        return (parts + filtered).joined(separator: ", ")
    }
}

extension InputSummary {
    /// What was lost on its way from an interface; `nil` for files.
    fileprivate var lost: String? {
        guard let kernel = droppedByKernel, let interface = droppedByInterface else { return nil }
        guard kernel > 0 || interface > 0 else { return "no packet was lost" }
        return "lost: \(Quantity.counted(kernel, "packet")) not read in time (--buffer), "
            + "\(Quantity.grouped(interface)) by the interface; what they held is not observable"
    }
}
