import Sessions

/// A step against a finding: whose job it is, and what to paste where.
public struct Remedy: Sendable, Hashable {
    public let job: Job
    /// The step in a few words, as an order.
    public let purpose: String
    /// Where the step makes sense; others leave it out.
    public let scope: Scope
    /// The same step for each program that can do it; empty where it is nothing to paste.
    public let settings: [Setting]

    /// Whose job it is.
    public enum Job: String, Sendable, CaseIterable {
        case server, client, network, user

        /// As it stands in a sentence.
        public var name: String {
            switch self {
            case .server: "the server's administrator"
            case .client: "the sending side's administrator"
            case .network: "the network's administrator"
            case .user: "who uses the mail client"
            }
        }
    }

    /// The ports that a step is for: TLS can be required of one's own users, hardly of everyone who sends mail.
    public enum Scope: Sendable {
        case anywhere
        /// Between servers.
        case relay
        /// From mail clients: submission, and TLS from the start.
        case submission
    }

    /// Lines for one program.
    public struct Setting: Sendable, Hashable {
        public let program: Program
        /// The file or the part of it that the lines belong into.
        public let place: String
        /// Names (`mx.example.org`), paths and domains are examples to be replaced.
        public let lines: String

        public init(_ program: Program, _ place: String, _ lines: String) {
            self.program = program
            self.place = place
            self.lines = lines
        }
    }

    public enum Program: String, Sendable, CaseIterable {
        case postfix = "Postfix"
        case exim = "Exim"
        case openSMTPD = "OpenSMTPD"
        case ciscoASA = "Cisco ASA"
        case mailClient = "Mail client"
    }

    init(_ job: Job, _ purpose: String, scope: Scope = .anywhere, _ settings: [Setting] = []) {
        self.job = job
        self.purpose = purpose
        self.scope = scope
        self.settings = settings
    }

    /// Those that make sense on a port. Nearly always all or all but one: the list is shared where it stays whole.
    static func fitting(_ remedies: [Self], _ role: PortRole?) -> [Self] {
        guard let role, remedies.contains(where: { !$0.scope.includes(role) }) else { return remedies }
        return remedies.filter { $0.scope.includes(role) }
    }
}

extension Remedy.Scope {
    func includes(_ role: PortRole) -> Bool {
        switch (self, role) {
        case (.anywhere, _), (_, .other), (.relay, .relay), (.submission, .submission), (.submission, .implicitTLS):
            true
        default: false
        }
    }
}
