import Findings
import Sessions
import Wire

/// Alerts for people, as they come: three lines each.
///
///     2026-11-25 19:35:21  high  credentials-in-clear
///       192.0.2.66 -> 192.0.2.25:587: The secret of an AUTH PLAIN crossed in clear; the server accepted it (235).
///       eth0 packet 9, certain; what to do: earshot explain credentials-in-clear
public struct AlertText: Sendable {
    private let options: ReportOptions
    private let inputs: InputNames
    private let privacy: Privacy

    /// - Parameter inputs: the interfaces' names in the order of `FrameNumber.file`.
    public init(options: ReportOptions, inputs: [String]) {
        self.options = options
        self.inputs = InputNames(names: inputs)
        privacy = Privacy(showAddresses: options.showAddresses)
    }

    /// One alert; `repeated` says how many more like it there were that nobody was told.
    public func render(
        _ finding: Finding, _ client: IPAddress, _ server: Endpoint, at time: Timestamp, repeated: Int = 0
    ) -> String {
        var page = Page(options: options)
        let severity = page.ink.paint(Page.padded(finding.severity.name, to: 9), finding.severity.style)
        let more = repeated > 0 ? "  (\(Quantity.counted(repeated, "more time")) since)" : ""
        page.line("\(CalendarTime(time).plain)  \(severity)\(page.ink.paint(finding.card.id, .strong))\(more)")
        page.paragraph("\(client) -> \(server): \(privacy.line(finding.sentence))", indent: 2)
        let place = finding.evidence.first.map {
            "\(Escaping.text(inputs.short($0.frame))) packet \($0.frame.number), "
        }
        page.paragraph(
            "\(place ?? "")\(finding.certainty.rawValue); what to do: earshot explain \(finding.card.id)", indent: 2,
            style: .quiet)
        return page.text
    }
}
