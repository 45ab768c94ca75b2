import Capture
import Findings
import Reports
import Wire

/// Writes the packets of sessions with findings to a ring of files.
final class EvidenceWriter {
    private let options: EvidenceOptions
    private let inputs: [String]
    private let messages: Messages
    private var file: EvidenceFile?
    private(set) var counters = EvidenceCounters()
    /// Link types of the file that is open, by their places in it.
    private var linkTypes: [Int32] = []
    /// Octets of the file that is open.
    private var size = 0
    /// Nothing can be written at the moment.
    private var isFailing = false

    init(_ options: EvidenceOptions, inputs: [String], messages: Messages) {
        self.options = options
        self.inputs = inputs
        self.messages = messages
        if options.isRaw {
            messages.write(
                "WARNING: --evidence-raw: \(options.files.path) shows passwords, addresses and whole messages as they were "
                    + "on the wire")
        }
        do throws(CaptureError) { try begin() } catch { fail(error) }
    }

    /// Writes packets of a session, if its findings are bad enough.
    func write(_ record: EvidenceRecord) {
        guard record.isContinuation || options.keeps(record.findings) else { return }
        counters.packetsLeftOut &+= record.packetsLeftOut
        guard !record.packets.isEmpty else { return }
        do throws(CaptureError) {
            try append(record)
            if !record.isContinuation { counters.sessions &+= 1 }
            counters.packets &+= UInt64(record.packets.count)
            if isFailing {
                messages.write("the evidence can be written again; \(counters.packetsLost) packets were lost")
            }
            isFailing = false
        } catch {
            counters.packetsLost &+= UInt64(record.packets.count)
            fail(error)
        }
    }

    /// Says it once, until it goes on.
    private func fail(_ error: CaptureError) {
        if !isFailing { messages.write("evidence is lost until it can be written: \(error)") }
        isFailing = true
    }

    private func append(_ record: EvidenceRecord) throws(CaptureError) {
        let comments = EvidenceComments(record, inputs)
        // A session that does not fit begins the next file.
        if file != nil, size > 0, size + Self.size(of: record) > options.fileSize { file = nil }
        if file == nil || size == 0 { try begin() }
        var octets: [UInt8] = []
        var types = linkTypes
        for packet in record.packets {
            if !types.contains(packet.linkType) {
                octets += EvidenceBlocks.interface(linkType: packet.linkType)
                types.append(packet.linkType)
            }
            octets += EvidenceBlocks.packet(
                packet.octets(record.disclosure), interface: types.firstIndex(of: packet.linkType) ?? 0,
                nanoseconds: packet.nanoseconds, originalLength: packet.originalLength,
                comments: comments.of(packet))
        }
        try put(octets)
        linkTypes = types
    }

    /// Roughly, comments included.
    private static func size(of record: EvidenceRecord) -> Int {
        record.packets.reduce(0) { $0 + $1.headers.count + ($1.isCut ? 0 : $1.payloadCount) + 128 }
    }

    /// Begins a file; one that could not be begun is gone on with.
    private func begin() throws(CaptureError) {
        if file == nil {
            file = try options.files.next()
            counters.files &+= 1
            counters.filesRemoved = UInt64(options.files.removed)
            size = 0
        }
        linkTypes = []
        let comment =
            options.isRaw
            ? "Packets as they were on the wire: they may show passwords, addresses and messages."
            : "Passwords, message content, names of mailboxes and protected octets are overwritten with #; checksums fit."
        // Some readers refuse a file without an interface, even if it has no packet.
        let ethernet = LinkType.ethernet.rawValue
        try put(EvidenceBlocks.section(comment: comment) + EvidenceBlocks.interface(linkType: ethernet))
        linkTypes = [ethernet]
    }

    /// All or nothing.
    private func put(_ octets: [UInt8]) throws(CaptureError) {
        try file?.append(octets)
        size += octets.count
        counters.octets &+= UInt64(octets.count)
    }
}

/// What stands beside each packet: where it was captured, and what it proves.
private struct EvidenceComments {
    private let inputs: [String]
    private var findings: [FrameNumber: [String]] = [:]

    init(_ record: EvidenceRecord, _ inputs: [String]) {
        self.inputs = inputs
        let present = Set(record.packets.map(\.frame))
        for finding in record.findings {
            var told: Set<FrameNumber> = []
            let text = "\(finding.card.id) (\(finding.severity.name), \(finding.certainty.rawValue))"
            for evidence in finding.evidence where told.insert(evidence.frame).inserted {
                if present.contains(evidence.frame) {
                    findings[evidence.frame, default: []].append(text)
                } else if record.isContinuation, let leading = record.packets.first?.frame {
                    // Its packet was written before the finding was made.
                    findings[leading, default: []].append("\(text), in \(place(of: evidence.frame))")
                }
            }
        }
    }

    func of(_ packet: EvidencePacket) -> [String] {
        let parts = packet.isReassembled ? ", put together from fragments, under a header made anew" : ""
        return [place(of: packet.frame) + parts] + (findings[packet.frame] ?? [])
    }

    private func place(of frame: FrameNumber) -> String {
        let index = Int(frame.file)
        return "frame \(frame.number) of "
            + (inputs.indices.contains(index) ? Escaping.text(inputs[index]) : "input \(index)")
    }
}
