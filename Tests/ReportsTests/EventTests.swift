import Foundation
import Testing

@testable import Findings
@testable import Reports
@testable import Sessions
@testable import Wire

@Suite struct EventTests {
    private static let headKeys: Set<String> = [
        "timestamp", "flow_id", "event_type", "src_ip", "src_port", "dest_ip", "dest_port", "proto", "app_proto",
        "community_id", "pcap_filename", "pcap_cnt", "mail_tls",
    ]

    private func events(_ judged: JudgedSession, _ options: ReportOptions = ReportOptions()) throws -> [[String: Any]] {
        try lines(judged, options: options).map(parse)
    }

    private func object(_ value: Any?) throws -> [String: Any] { try #require(value as? [String: Any]) }

    @Test func eventsOfASessionComeInAFixedOrder() throws {
        let types = try events(Sample.judgedPlaintext()).map { $0["event_type"] as? String }
        #expect(types == ["smtp", "alert", "flow"])
        let encrypted = try events(Sample.judged(Sample.encrypted(), .sealed)).map { $0["event_type"] as? String }
        #expect(encrypted == ["tls", "flow"])
    }

    @Test func topLevelKeysAreThoseOfEVE() throws {
        let own: [String: Set<String>] = ["smtp": ["smtp"], "alert": ["alert"], "flow": ["flow", "tcp"]]
        for event in try events(Sample.judgedPlaintext()) {
            let type = try #require(event["event_type"] as? String)
            #expect(Set(event.keys) == Self.headKeys.union(try #require(own[type])))
        }
    }

    @Test func theHeadOfAnEvent() throws {
        let flow = try #require(try lines(Sample.judgedPlaintext()).last)
        let head =
            #"{"timestamp":"2026-11-23T15:34:00.123456+0000","flow_id":8086463330923024,"pcap_cnt":23,"#
            + #""pcap_filename":"lan.pcap","event_type":"flow","src_ip":"192.0.2.10","src_port":34004,"#
            + #""dest_ip":"192.0.2.25","dest_port":587,"proto":"TCP","app_proto":"smtp","community_id":"1:"#
        #expect(flow.hasPrefix(head))
    }

    @Test func flowCarriesTheFacts() throws {
        let flow = try #require(try lines(Sample.judgedPlaintext()).last)
        let facts =
            #""mail_tls":{"schema":1,"id":"0123456789abcdeffedcba9876543210","verdict":"open","#
            + #""listeners":["anyone","interceptor"],"interceptor":"possible","capture":"complete","gaps":0,"#
            + #""first_frame":1,"last_frame":23,"smtp":{"banner":"pf.test ESMTP Postfix","helo":"cl.test","esmtp":true,"#
            + #""capabilities":["PIPELINING","STARTTLS"],"mail":1,"rcpt":1,"data":1,"bdat":0,"#
            + #""auth":[{"mechanism":"PLAIN","reply_code":235,"in_clear":true}]},"#
            + #""starttls":{"offered":true,"requested":false,"reply_code":null,"completed":false},"#
            + #""findings":["credentials-in-clear"],"not_observable":[]}}"#
        #expect(flow.hasSuffix(facts))
    }

    @Test func theFiguresOfAFlow() throws {
        let flow = try object(try events(Sample.judgedPlaintext()).last?["flow"])
        #expect(flow["pkts_toserver"] as? Int == 12)
        #expect(flow["bytes_toclient"] as? Int == 1207)
        #expect(flow["start"] as? String == "2026-11-23T15:33:57.623456+0000")
        #expect(flow["age"] as? Int == 2)
        #expect(flow["state"] as? String == "closed")
        #expect(flow["alerted"] as? Bool == true)
        #expect(flow["reason"] == nil)
    }

    @Test func addressesAreMaskedUnlessAskedFor() throws {
        let masked = try lines(Sample.judgedPlaintext()).joined()
        #expect(!masked.contains("alice") && !masked.contains("bob"))
        #expect(masked.contains(#""mail_from":"a•••@example.org","rcpt_to":["b•••@example.net"]"#))
        let shown = try lines(Sample.judgedPlaintext(), options: ReportOptions(showAddresses: true)).joined()
        #expect(shown.contains(#""mail_from":"alice@example.org""#))
        #expect(shown.contains("for alice@example.org, and"))
    }

    @Test func anAlertSaysWhatProvesIt() throws {
        let alert = try #require(try events(Sample.judgedPlaintext()).first { $0["event_type"] as? String == "alert" })
        #expect(alert["pcap_cnt"] as? Int == 7)
        let signature = try object(alert["alert"])
        #expect(signature["signature_id"] as? Int == 1001)
        #expect(signature["severity"] as? Int == 1)
        #expect(signature["category"] as? String == "Plaintext")
        let own = try object(alert["mail_tls"])
        #expect(own["id"] as? String == "0123456789abcdeffedcba9876543210-alert-1")
        #expect(own["session"] as? String == "0123456789abcdeffedcba9876543210")
        #expect(own["severity"] as? String == "critical")
        #expect(own["tlsrpt_result_type"] == nil)
        let evidence = try #require(own["evidence"] as? [[String: Any]])
        #expect(evidence.map { $0["frame"] as? Int } == [7, 8])
        #expect(evidence[0]["offset"] as? Int == 14)
        #expect(evidence[1]["octets"] as? String == "235 2.7.0 Welcome a•••@example.org")
    }

    @Test(arguments: [(Severity.info, 4), (.low, 3), (.medium, 2), (.high, 1), (.critical, 1)])
    func severitiesOfEVE(_ severity: Severity, _ number: Int) {
        #expect(severity.eve == number)
    }

    @Test func optionalKeysAppearWhereTheyApply() throws {
        var session = Sample.plaintext()
        session.vlans = [10, 20]
        let options = ReportOptions(sensorName: "mx1", isLive: true)
        let flow = try #require(try events(Sample.judged(session, .open), options).last)
        #expect(flow["host"] as? String == "mx1")
        #expect(flow["vlan"] as? [Int] == [10, 20])
        #expect(flow["in_iface"] as? String == "lan.pcap")
        #expect(flow["pcap_filename"] == nil && flow["pcap_cnt"] == nil)
    }

    @Test(arguments: [
        (ApplicationProtocol.smtp, "smtp", nil), (.smtpThenTLS, "tls", "smtp"), (.tls, "tls", nil),
        (.none, "failed", nil), (.notMail, "failed", nil), (.tlsHelloToPlaintextServer, "smtp", nil),
    ])
    func applicationProtocols(_ spoken: ApplicationProtocol, _ name: String, _ original: String?) throws {
        var session = Sample.plaintext()
        session.application = spoken
        let flow = try #require(try events(Sample.judged(session, .unknown)).last)
        #expect(flow["app_proto"] as? String == name)
        #expect(flow["app_proto_orig"] as? String == original)
        #expect((try object(flow["mail_tls"])["verdict"] != nil) == (spoken != .notMail))
    }

    @Test func whatWasNotObservedIsNull() throws {
        var session = Sample.plaintext()
        session.smtp = SMTPFacts()
        session.startTLS = StartTLSFacts()
        session.notObservable = [Unobserved("start", .midStream)]
        let flow = try #require(try lines(Sample.judged(session, .unknown)).last)
        #expect(flow.contains(#""banner":null,"helo":null,"esmtp":null,"capabilities":null,"mail":0"#))
        #expect(flow.contains(#""starttls":{"offered":null,"requested":false,"reply_code":null,"completed":false}"#))
        #expect(flow.contains(#"[{"fact":"start","why":"the capture joined the connection after its start"}]"#))
    }

    @Test func theSameSessionGivesTheSameOctets() throws {
        #expect(try lines(Sample.judgedPlaintext()) == lines(Sample.judgedPlaintext()))
    }

    @Test func statsCloseTheRun() throws {
        var sink = OutputSink.inMemory()
        var writer = EventWriter(options: ReportOptions(), inputs: Sample.inputs)
        try writer.write(stats: Sample.summary(), to: &sink)
        let stats = try parse(sink.collected)
        #expect(Set(stats.keys) == ["timestamp", "event_type", "stats", "mail_tls"])
        let own = try object(stats["mail_tls"])
        #expect(try object(try object(own["sessions"])["open"])["sessions"] as? Int == 2)
        #expect(try object(own["findings"])["credentials-in-clear"] as? Int == 2)
        #expect(try object(try object(own["counters"])["unreadable"])["tls_handshake"] as? Int == 1)
        #expect(sink.collected.contains(#""worst":"critical""#))
    }
}

@Suite struct TLSEventTests {
    private func tail(_ line: String?, _ name: String) throws -> Substring {
        let line = try #require(line)
        return line[try #require(line.range(of: "\"\(name)\":{")).lowerBound...]
    }

    @Test func aHandshakeInEVEsWords() throws {
        let event = try lines(Sample.judged(Sample.encrypted(), .sealed)).first
        let expected =
            #""tls":{"version":"TLS 1.3","sni":"pf.test","subject":null,"issuerdn":null,"serial":null,"#
            + #""notbefore":null,"notafter":null,"subjectaltname":null,"session_resumed":false,"from_proto":"smtp","#
            + #""client_alpns":["smtp"],"ja3":{"hash":"bddda940f9963577c41d7c28b1a5f65f","string":"771,,,,"},"#
            + #""ja4":"t12i000000_000000000000_000000000000","#
            + #""ja3s":{"hash":"2b8f670826335789010c933badba4bfc","string":"771,4866,"}},"#
            + #""mail_tls":{"schema":1,"id":"0123456789abcdeffedcba9876543210-tls-0","#
        #expect(try tail(event, "tls").hasPrefix(expected))
        #expect(try #require(event).contains(#""pcap_cnt":10,"#))
    }

    @Test func aCertificateInEVEsWords() throws {
        let event = try lines(Sample.judged(Sample.older(), .sealed)).first
        let expected =
            #""tls":{"version":"TLS 1.2","subject":"CN=pf.test, e•••@pf.test","issuerdn":"CN=Test CA","#
            + #""serial":"0A:FF","notbefore":"2026-09-21T14:13:20","notafter":"9999-12-31T23:59:59","#
            + #""subjectaltname":["pf.test","*.pf.test","192.0.2.25"],"session_resumed":false,"#
            + #""ja3":{"hash":"bddda940f9963577c41d7c28b1a5f65f","string":"771,,,,"},"#
            + #""ja4":"t12i000000_000000000000_000000000000","#
            + #""ja3s":{"hash":"174e7e4992a63f6d419626d97363adb8","string":"771,49199,"}},"mail_tls""#
        #expect(try tail(event, "tls").hasPrefix(expected))
    }

    /// As in the design's sample.
    @Test func theNegotiationOfAFlow() throws {
        let flow = try lines(Sample.judged(Sample.encrypted(), .sealed)).last
        #expect(
            try tail(flow, "tls") == """
                "tls":{"implicit":false,"client_hello":true,"server_hello":true,"completed":true,"version":"TLS 1.3",\
                "cipher_suite":"TLS_AES_256_GCM_SHA384","cipher_suite_id":"0x1302",\
                "cipher_suite_level":{"rfc9325":"good","ncsc_nl":"good"},"group":"x25519",\
                "group_id":"0x001d","post_quantum":false,"forward_secrecy":true,"sni":"pf.test","resumed":false,\
                "client_certificate":false,"alerts":[],"certificates":null},"findings":[],\
                "not_observable":[{"fact":"certificate","why":"TLS 1.3 encrypts it"}]}}
                """)
    }

    @Test(arguments: [("", ""), ("00", "00"), ("0aff01", "0A:FF:01"), ("-0a", "-0A"), ("abc", "AB:C")])
    func serials(_ digits: String, _ text: String) {
        #expect(EventEncoder.eveSerial(digits) == text)
    }

    @Test func aCertificateOfAFlow() throws {
        let flow = try lines(Sample.judged(Sample.older(), .sealed)).last
        let expected = """
            "certificates":[{"subject":"CN=pf.test, e•••@pf.test","issuer":"CN=Test CA","serial":"0aff",\
            "not_before":"2026-09-21T14:13:20Z","not_after":"9999-12-31T23:59:59Z",\
            "san":["pf.test","*.pf.test","192.0.2.25"],"key":"RSA 2048","signature":"sha256WithRSAEncryption",\
            "sha256":"\(String(repeating: "ab", count: 32))"},{"unreadable":"X.509: no SEQUENCE at octet 0","sha256":"00ff"}],"trust":null}
            """
        #expect(try #require(flow).contains(expected))
        #expect(!(try #require(flow).contains(#""sni""#)))
    }

    @Test func alertsAndFailuresAreFacts() throws {
        let refused = try #require(try lines(Sample.judged(Sample.refused(), .unknown)).last)
        #expect(
            refused.contains(
                #""alerts":[{"alert":"unknown_ca","fatal":true,"sender":"client","frame":11}],"#
                    + #""failure":{"kind":"alert","by":"client","frame":11},"certificates":null"#))
        let cut = try #require(try lines(Sample.judged(Sample.cut(), .unknown)).last)
        #expect(cut.contains(#""failure":{"kind":"reset","by":"client","frame":12},"certificates":null"#))
        #expect(cut.contains(#""client_hello":false,"server_hello":false,"completed":false,"version":null"#))
        #expect(cut.contains(#""sni":null,"resumed":null"#))
    }

    @Test func staticRSAIsNeitherForwardSecretNorPostQuantum() throws {
        var session = Sample.older()
        session.tls?.group = nil
        session.tls?.serverHello = Observed(Sample.answer(.tls10, .rsaAES128CBCSHA), in: FrameNumber(5))
        let flow = try #require(try lines(Sample.judged(session, .recordable)).last)
        #expect(flow.contains(#""version":"TLSv1","cipher_suite":"TLS_RSA_WITH_AES_128_CBC_SHA""#))
        #expect(flow.contains(#""group":null,"group_id":null,"post_quantum":false,"forward_secrecy":false"#))
    }

    @Test func pskWithoutAKeyShareHasNoForwardSecrecy() throws {
        var session = Sample.encrypted()
        session.tls?.group = nil
        session.tls?.resumed = true
        let flow = try #require(try lines(Sample.judged(session, .recordable)).last)
        #expect(flow.contains(#""group":null,"group_id":null,"post_quantum":null,"forward_secrecy":false"#))
    }
}
