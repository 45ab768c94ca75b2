import Foundation
import Testing

@testable import Findings
@testable import Reports
@testable import Sessions
@testable import Wire

@Suite struct TextReportTests {
    private func report(
        _ hops: [Hop], capture: [Finding] = [], options: ReportOptions = ReportOptions(),
        inputs: [String] = Sample.inputs
    ) throws -> String {
        var sink = OutputSink.inMemory()
        try TextReport(options: options, inputs: inputs)
            .render(hops: hops, captureFindings: capture, summary: CaptureSummary(), to: &sink)
        return try #require(sink.collected.components(separatedBy: "Who could").first)
    }

    private func summary(_ summary: CaptureSummary, _ options: ReportOptions = ReportOptions()) throws -> String {
        var sink = OutputSink.inMemory()
        try TextReport(options: options, inputs: Sample.inputs).render(summary, to: &sink)
        return sink.collected
    }

    private func hop(port: UInt16, _ verdict: Verdict, _ findings: [Finding] = []) -> Hop {
        var session = Sample.plaintext()
        session.server = Endpoint(session.server.address, port)
        return Sample.hop([Sample.judged(session, verdict, findings)])
    }

    @Test func aHopWithAFinding() throws {
        let hop = Sample.hop([Sample.judgedPlaintext(), Sample.judgedPlaintext()])
        #expect(
            try report([hop]) == """
                OPEN       192.0.2.10 (cl.test) -> 192.0.2.25:587 (pf.test)
                           2 sessions, 5.3 kB. In earshot: anyone on the path; whoever can alter traffic on the path
                           (possible).

                  critical Credentials crossed in clear x2
                           The client sent AUTH PLAIN before TLS for a•••@example.org, and the server accepted it
                           (235).
                             lan.pcap frame 7: the login, before TLS
                               C: AUTH PLAIN (secret)
                             lan.pcap frame 8: the server accepts it
                               S: 235 2.7.0 Welcome a•••@example.org
                           certainty  certain
                           fix        Refuse AUTH before TLS (Postfix: smtpd_tls_auth_only = yes), and change the
                                      password.
                           also       lan.pcap frame 7
                           wireshark  ip.addr==192.0.2.10 && tcp.port==34004 && ip.addr==192.0.2.25 && tcp.port==587
                           rule       credentials-in-clear


                """)
    }

    @Test func theSummary() throws {
        #expect(
            try summary(Sample.summary()) == """
                Who could have read it
                                sessions  share      octets  share
                  open                 2   29 %      5.3 kB   29 %  anyone on the path could read it
                  tampered             0    0 %    0 octets    0 %  someone altered the traffic
                  weak                 0    0 %    0 octets    0 %  published attacks could read it
                  recordable           0    0 %    0 octets    0 %  readable later, with the server's key
                  unknown              0    0 %    0 octets    0 %  the capture cannot tell
                  sealed               5   71 %     13.4 kB   71 %  encrypted on its way
                  idle                 1      -      2.6 kB      -  no TLS, nothing exposed

                Findings
                          5  no-post-quantum
                          2  credentials-in-clear
                  worst            critical

                Not seen
                  certificate      5 sessions: TLS 1.3 encrypts it
                  gaps             3 holes in streams, 4,380 octets missing
                  half-open        1 connection attempt that no one answered
                  malformed        packets: IPv4 2, TCP 1
                  unreadable       in sessions: TLS handshake 1

                Inputs
                  lan.pcap         12,345 packets, 9.8 MB
                  night.pcap       10 packets, 900 octets
                                   incomplete: the file ends in the middle of packet 11
                  captured         2026-11-23 15:32:50 to 15:34:00 UTC (1 min 10 s)
                  packets          12,355 in all, 12,000 on mail ports, 355 others

                """)
    }

    @Test func anEmptyRunSaysSo() throws {
        #expect(try summary(CaptureSummary()).contains("no mail session that exchanged payload was seen"))
    }

    @Test func unknownSaysWhy() throws {
        var session = Sample.plaintext()
        session.notObservable = [Unobserved("server_hello", .oneSided)]
        let text = try report([Sample.hop([Sample.judged(session, .unknown)])])
        #expect(text.contains("In earshot: unknown.\n"))
        #expect(text.contains("Not seen: server_hello (only one direction was captured).\n"))
    }

    /// What a rule only ever remarks on stands in one line of the hop; another rule's info is told in full.
    @Test func remarksTakeOneLine() throws {
        let card = Sample.card
        let said = Finding(card, Finding.Draft("A lesser case.", [], severity: .info))
        let text = try report([hop(port: 25, .open, [Sample.credentials(), Sample.postQuantum(), said])])
        #expect(text.contains("\n  info     \(Sample.postQuantum().card.id) (earshot explain RULE)\n"))
        #expect(!text.contains("The server chose x25519."))
        #expect(text.contains("A lesser case."))
    }

    @Test func quotedOctetsKeepTheirBlanks() throws {
        let octets = "250  a" + String(repeating: " ", count: 100) + "b"
        let evidence = [Evidence(Sample.excerpt(1, .server, 0, octets), "a reply")]
        let text = try report([hop(port: 25, .open, [Finding(Sample.card, Finding.Draft("So.", evidence))])])
        #expect(text.contains("S: 250  a  "))
    }

    @Test func theWorstHopComesFirst() throws {
        let hops = [
            hop(port: 1, .idle), hop(port: 2, .unknown), hop(port: 3, .open),
            hop(port: 4, .sealed, [Sample.postQuantum()]),
            hop(port: 5, .open, [Sample.credentials()]), hop(port: 6, .sealed, [Sample.credentials()]),
        ]
        let text = try report(hops)
        let ports = text.split(separator: "\n").compactMap { line -> String? in
            guard let arrow = line.range(of: "-> 192.0.2.25:") else { return nil }
            return String(line[arrow.upperBound...].prefix(1))
        }
        #expect(ports == ["5", "3", "2", "6", "4", "1"])
    }

    @Test func quietHopsTakeOneLineEachAndThenACount() throws {
        let hops = (1...25).map { hop(port: $0, .sealed, [Sample.postQuantum()]) }
        let text = try report(hops)
        let opening =
            "SEALED     192.0.2.10 (cl.test) -> 192.0.2.25:1 (pf.test)  1 session, 2.6 kB; info: no-post-quantum\n"
        #expect(text.hasPrefix(opening))
        #expect(text.split(separator: "\n").count == 21)
        #expect(text.contains("           and 5 more hops like these\n"))
    }

    @Test func whatElseExplainsItIsSaid() throws {
        let draft = Finding.Draft("It is so.", [], certainty: .possible, alternatives: "Or it is not.")
        let text = try report([hop(port: 25, .open, [Finding(Sample.card, draft)])])
        #expect(text.contains("certainty  possible\n           or else    Or it is not.\n"))
    }

    @Test func findingsOnTheCaptureComeBeforeTheHops() throws {
        let text = try report([hop(port: 25, .open)], capture: [Sample.postQuantum()])
        #expect(text.hasPrefix("CAPTURE    all sessions together\n\n  info     The key exchange is not post-quantum\n"))
    }

    @Test func findingsOverSeveralSessionsStandWithTheirHop() throws {
        let quiet = hop(port: 25, .sealed)
        var sink = OutputSink.inMemory()
        try TextReport(options: ReportOptions(), inputs: Sample.inputs).render(
            hops: [quiet], hopFindings: [quiet.key: [Sample.credentials()]], captureFindings: [],
            summary: CaptureSummary(), to: &sink)
        #expect(sink.collected.contains("  critical Credentials crossed in clear\n"))
        #expect(sink.collected.contains("wireshark  ip.addr==192.0.2.10 && ip.addr==192.0.2.25 && tcp.port==25\n"))
    }

    @Test func theFilterOfOneSessionStandsOnce() throws {
        let text = try report([hop(port: 25, .open, [Sample.credentials(), Sample.postQuantum()])])
        #expect(text.components(separatedBy: "wireshark").count == 2)
    }

    @Test func addressesAreMaskedUnlessAskedFor() throws {
        let hop = Sample.hop([Sample.judgedPlaintext()])
        #expect(!(try report([hop]).contains("alice")))
        let shown = try report([hop], options: ReportOptions(showAddresses: true))
        #expect(shown.contains("for alice@example.org") && shown.contains("Welcome alice@example.org"))
    }

    @Test func colourAddsNothingButColour() throws {
        let hop = Sample.hop([Sample.judgedPlaintext()])
        let coloured = try report([hop], options: ReportOptions(colour: true))
        #expect(coloured.contains("\u{1B}[1;31mOPEN"))
        #expect(coloured.replacing(/\u{1B}\[[0-9;]*m/, with: "") == (try report([hop])))
        #expect(!(try report([hop]).contains("\u{1B}")))
    }

    @Test func nothingFromOutsideMovesTheCursor() throws {
        let draft = Finding.Draft("A\u{1B}[2J\u{202E}B\nC", [Evidence(frame: FrameNumber(1), "x\u{9B}y")])
        let text = try report([hop(port: 25, .open, [Finding(Sample.card, draft)])], inputs: ["\u{1B}]0;x\u{7}.pcap"])
        let forbidden = text.unicodeScalars.filter {
            $0 != "\n" && [.control, .format].contains($0.properties.generalCategory)
        }
        #expect(forbidden.isEmpty)
        #expect(text.contains("A\\x1b[2J\\u{202e}B\\nC"))
    }

    @Test(arguments: [1, 40, 60, 100, 500])
    func linesKeepToTheWidth(_ width: Int) throws {
        let text = try report([Sample.hop([Sample.judgedPlaintext()])], options: ReportOptions(width: width))
        let limit = min(max(width, 48), 120)
        for line in text.split(separator: "\n") where !line.contains("wireshark") && !line.contains("->") {
            #expect(line.count <= limit)
        }
    }
}

@Suite struct PageTests {
    @Test(arguments: [
        ("a bb ccc", 4, ["a bb", "ccc"]), ("", 9, [""]), ("abcdef", 4, ["abcd", "ef"]), ("a b", 9, ["a b"]),
    ])
    func wraps(_ words: String, _ width: Int, _ lines: [String]) {
        #expect(Page.wrap(words, width: width) == lines)
    }

    @Test(arguments: [
        (0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567"), (-1000, "-1,000"), (-100, "-100"),
    ])
    func groupsDigits(_ number: Int, _ text: String) {
        #expect(Quantity.grouped(number) == text)
    }

    @Test(arguments: [
        (UInt64(1), "1 octet"), (999, "999 octets"), (1000, "1.0 kB"), (999_999, "999.9 kB"), (1_000_000, "1.0 MB"),
        (3_100_000_000, "3.1 GB"), (UInt64.max, "18,446,744.0 TB"),
    ])
    func octets(_ count: UInt64, _ text: String) {
        #expect(Quantity.octets(count) == text)
    }

    @Test(arguments: [
        (UInt64(0), UInt64(0), "0 %"), (0, 9, "0 %"), (1, 1000, "<1 %"), (999, 1000, ">99 %"), (9, 9, "100 %"),
        (1, 3, "33 %"),
    ])
    func shares(_ part: UInt64, _ whole: UInt64, _ text: String) {
        #expect(Quantity.share(part, of: whole) == text)
    }

    @Test(arguments: [
        (Int64.min, "0.0 s"), (-1, "0.0 s"), (420_000_000, "0.4 s"), (42_000_000_000, "42 s"),
        (70_000_000_000, "1 min 10 s"), (11_100_000_000_000, "3 h 5 min"), (Int64.max, "106,751 d 23 h"),
    ])
    func durations(_ nanoseconds: Int64, _ text: String) {
        #expect(Quantity.duration(nanoseconds: nanoseconds) == text)
    }
}

@Suite struct CardTextTests {
    @Test func aCard() {
        #expect(
            CardText(options: ReportOptions()).render(Sample.card) == """
                credentials-in-clear  (critical, Plaintext)
                Credentials crossed in clear

                The client logged in before TLS.

                fix          Refuse AUTH before TLS (Postfix: smtpd_tls_auth_only = yes), and change the password.
                certainty    at most certain
                see          RFC 4954 §9, RFC 8314 §3
                alert id     1001
                example      auth-in-clear.pcap

                """)
    }

    @Test func theList() {
        #expect(
            CardText(options: ReportOptions()).list([Sample.infoCard, Sample.card]) == """
                Plaintext
                  credentials-in-clear  critical  Credentials crossed in clear

                TLS
                  no-post-quantum       info      The key exchange is not post-quantum

                """)
    }
}
