/// What the readers of one thread share: values that were read before, and room that they need for a moment.
///
/// It changes how fast something is read, never what is read. Every part is bounded (docs/design.md).
public struct SessionContext: Sendable {
    public var certificates: CertificateCache
    var chains: ChainCache
    private var hellos = ClientHelloCache()
    public var texts = TextCache()
    /// Commands that name no person and hold no secret, by their lines.
    private var commands = OctetCache<SMTPCommand>(slots: 1024, longest: 256)
    /// Memory of all hellos that had to be read, roughly, in octets. Stored: to compute it for another module, all that is
    /// shared would be copied.
    public private(set) var helloOctetsMade = 0
    /// What may be shown of the session that is being read; `nil` where nobody wants to know.
    public var disclosure: Disclosure?
    /// How often a dialogue did not fit into what is kept of it.
    public private(set) var overflows = DialogueOverflows()
    /// Room for what a packet's records held.
    public var events: [TLSEvent] = []

    /// - Parameter certificateBudget: memory of certificates and chains of them, in octets.
    public init(certificateBudget: Int = 4 << 20) {
        certificates = CertificateCache(budget: certificateBudget / 4 * 3)
        chains = ChainCache(budget: certificateBudget / 4)
    }
}

/// How often something of a dialogue was longer than what is kept of it (docs/design.md).
public struct DialogueOverflows: Sendable, Equatable {
    /// Lines that were longer than what is kept of an unfinished one: the rest was dropped.
    public var lines: UInt64 = 0
    /// Octets of a client that waited for a reply and were read on without it.
    public var waits: UInt64 = 0
    /// Sessions with more commands that waited for replies than are kept.
    public var commands: UInt64 = 0
}

extension SessionContext {
    public mutating func noteCutLine() { overflows.lines &+= 1 }
    public mutating func noteWaitGivenUp() { overflows.waits &+= 1 }
    public mutating func noteCommandsGivenUp() { overflows.commands &+= 1 }

    /// The body of a ClientHello as facts.
    mutating func hello(_ body: Span<UInt8>) throws(WireError) -> SharedClientHello {
        defer { helloOctetsMade = hellos.octetsMade }
        return try hellos.hello(body)
    }

    /// A client's line, without its CRLF, as a command.
    public mutating func command(_ line: Span<UInt8>) -> SMTPCommand {
        if let known = commands.find(line) { return known }
        let command = SMTPCommand(parsing: line)
        if command.isOfMany { commands.insert(line, command) }
        return command
    }
}

extension SMTPCommand {
    /// It holds neither a secret nor a mailbox, and many sessions have the same.
    fileprivate var isOfMany: Bool {
        switch (verb, argument) {
        case (.unrecognized, _), (.auth, _), (.xExps, _): false
        case (_, .none), (_, .name): true
        default: false
        }
    }
}
