import Foundation

/// What an independent reader found in the captures of `mail/`, one object for each.
struct TruthTable {
    struct Capture: Decodable {
        let file: String
        let sessions: [Session]
    }

    struct Session: Decodable {
        let client: String
        let server: String
        let port: UInt16
        /// Numbers of the opening and the closing frame.
        let frames: [UInt64]
        let verdict: String
        let offered: Bool?
        let starttlsSent: Int?
        let starttlsReply: [UInt16]?
        let tlsVersion: String?
        let cipherSuite: String?
        let sni: String?
        let authClear: [Auth]?
        let nMail: Int?
        let nRcpt: Int?
        let nData: Int?
        let cmds: [String]?
        let replies: [String]?
        /// Codes of the replies to EHLO.
        let ehloReply: [UInt16?]?
        let bdatReply: [UInt16?]?
        let caps: [String]?
        let tls: Handshake?

        struct Auth: Decodable {
            let mech: String
            /// What came with the command, left out.
            let initial: String?
            /// Lines of the client behind the command.
            let clientLines: Int?
        }

        struct Handshake: Decodable {
            let certs: [Certificate]?
        }

        struct Certificate: Decodable {
            let subject: String
            let issuer: String
            let sig: String
        }
    }

    let captures: [Capture]

    init(_ file: URL) throws {
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        captures = try lines.map { try decoder.decode(Capture.self, from: Data($0.utf8)) }
    }
}

extension TruthTable.Session {
    /// What is to be compared, by field.
    var fields: [String: String] {
        [
            "client": client, "server": server, "offered": "\(offered ?? false)",
            "starttls_sent": "\(starttlsSent ?? 0)",
            "starttls_reply": "\(starttlsReply?.last ?? 0)", "completed": "\(verdict.contains("starttls-upgraded"))",
            "tls_version": tlsVersion ?? "none", "cipher_suite": cipherSuite ?? "none", "sni": sni ?? "none",
            "auth": (authClear ?? []).map(\.mech).joined(separator: ","), "n_mail": "\(nMail ?? 0)",
            "n_rcpt": "\(nRcpt ?? 0)", "n_data": "\(nData ?? 0)",
            // The table's own list of BDAT ends after the eighth.
            "n_bdat": "\((cmds ?? []).count { $0 == "BDAT" })",
        ]
    }
}
