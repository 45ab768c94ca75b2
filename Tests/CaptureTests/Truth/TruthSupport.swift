/// Which findings of certainty `certain` a session of the truth table supports: by the table's columns alone, never by
/// what Earshot read.
enum TruthSupport {
    /// Whether what `rule` says of a session follows from what the table has of it; `nil` where no column tells.
    static func supports(_ rule: String, _ session: TruthTable.Session) -> Bool? { tests[rule].map { $0(session) } }

    private static let tests: [String: @Sendable (TruthTable.Session) -> Bool] = [
        "credentials-in-clear": { session in
            (session.authClear ?? []).contains { $0.initial != nil || $0.clientLines ?? 0 > 0 }
        },
        "auth-offered-in-clear": { session in
            (session.caps ?? []).map { $0.uppercased() }.contains { capability in
                let words = capability.split { $0 == " " || $0 == "=" }
                return ["AUTH", "X-EXPS"].contains(words.first) && (words.contains("PLAIN") || words.contains("LOGIN"))
            }
        },
        // Content was sent: DATA was answered with 354, or a chunk of BDAT was taken. With MAIL or without: the octets
        // cross all the same, and some servers take them.
        "message-in-clear": { session in
            session.isInClear
                && (session.has("DATA") && (session.replies ?? []).contains { $0.hasPrefix("354") }
                    || session.has("BDAT") && (session.bdatReply ?? []).contains(250))
        },
        "envelope-in-clear": { $0.isInClear && $0.nMail ?? 0 > 0 },
        "cleartext-submission": { $0.isInClear && $0.port == 587 && $0.nMail ?? 0 > 0 },
        "starttls-not-offered": { session in
            session.offered == false && session.has("EHLO") && (session.ehloReply ?? []).contains(250)
        },
        "starttls-unused": { $0.offered == true && $0.starttlsSent == 0 && $0.isInClear },
        "obsolete-tls-version": { ["SSL 3.0", "TLS 1.0", "TLS 1.1"].contains($0.tlsVersion) },
        "weak-cipher": { session in
            let suite = session.cipherSuite ?? ""
            return ["RC4", "3DES", "_DES", "NULL", "EXPORT", "RC2", "IDEA"].contains { suite.contains($0) }
        },
        "no-forward-secrecy": { ($0.cipherSuite ?? "").hasPrefix("TLS_RSA_WITH_") },
        // No group before TLS 1.3 is post-quantum.
        "no-post-quantum": { session in session.tlsVersion.map { $0 != "TLS 1.3" } ?? false },
        "certificate-self-signed": { session in
            session.tls?.certs?.first.map { $0.subject == $0.issuer } ?? false
        },
        "certificate-weak-signature": { session in
            (session.tls?.certs ?? []).contains { $0.sig.hasPrefix("sha1") || $0.sig.hasPrefix("md5") }
        },
        "tls-handshake-failed": { $0.verdict == "tls-clienthello-to-plaintext-smtp-server" },
    ]

    /// What no column of the table tells, by capture and rule.
    static let exceptions: [Exceptions.Entry] = [
        Exceptions.Entry(
            "mail/arkime-smtp-starttls.pcap", "no-extended-master-secret",
            "the ClientHello in frame 11 has no extension 23, as tshark shows; the table has no extensions"),
        Exceptions.Entry(
            "mail/zeek-irc-starttls.pcap", "no-extended-master-secret",
            "the ClientHello has no extension 23, as tshark shows; the table has no extensions"),
        Exceptions.Entry(
            "mail/zeek-smtp-starttls.pcap", "no-extended-master-secret",
            "the ClientHello has no extension 23, as tshark shows; the table has no extensions"),
        Exceptions.Entry(
            "mail/seladb-smtp.pcap", "conflicting-retransmission",
            "the note says it: loose packets with conflicting overlaps; frames 2 and 8 claim the same place"),
    ]
}

extension TruthTable.Session {
    fileprivate var isInClear: Bool { tlsVersion == nil }

    fileprivate func has(_ command: String) -> Bool { (cmds ?? []).contains(command) }
}
