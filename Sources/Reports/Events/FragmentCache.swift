import Sessions
import Wire

/// What many sessions say alike, as JSON: a server's greeting and keywords, and what a handshake negotiated.
///
/// Each slot holds one entry, which holds what it was made of, and a new one takes its place.
struct FragmentCache: Sendable {
    private var handshakes: [Handshake?] = []
    private var dialogues: [Dialogue?] = []
    private var clients: [Client?] = []

    private static let slots = 256

    /// The parts of a handshake's events that hold no frame.
    struct Handshake: Sendable {
        let facts: TLSFacts
        let eve: [UInt8]
        let negotiation: [UInt8]
    }

    /// A ClientHello that many sessions share, and its fingerprint.
    private struct Client: Sendable {
        let hello: SharedClientHello
        let fingerprint: ClientFingerprint?
    }

    private struct Dialogue: Sendable {
        let greeting: QuotedText?
        let clientName: QuotedText?
        let isESMTP: Bool?
        let keywords: [Excerpt]?
        let opening: [UInt8]
    }

    func handshake(_ tls: TLSFacts) -> Handshake? {
        guard !handshakes.isEmpty, let known = handshakes[Self.slot(of: tls)], Self.readsAlike(known.facts, tls) else {
            return nil
        }
        return known
    }

    /// Alerts and failures name frames: what has any is not kept.
    mutating func keep(_ made: Handshake) {
        guard made.facts.alerts.isEmpty, made.facts.failure == nil else { return }
        if handshakes.isEmpty { handshakes = Array(repeating: nil, count: Self.slots) }
        handshakes[Self.slot(of: made.facts)] = made
    }

    private static func slot(of tls: TLSFacts) -> Int {
        var sum = tls.hello.map { UInt64(UInt(bitPattern: ObjectIdentifier($0.value)) >> 4) } ?? 0
        sum = sum &* 31 &+ UInt64(tls.version?.value.rawValue ?? 0)
        sum = sum &* 31 &+ UInt64(tls.cipherSuite?.value.rawValue ?? 0)
        sum = sum &* 31 &+ (tls.completed == true ? 1 : 0) &+ (tls.resumed == true ? 2 : 0)
        if let leaf = tls.leaf?.value { sum = sum &* 31 &+ leaf.identity }
        return Int(truncatingIfNeeded: (sum &* 0x9E37_79B9_7F4A_7C15) >> 32) & (slots - 1)
    }

    private static func readsAlike(_ known: TLSFacts, _ tls: TLSFacts) -> Bool {
        known.hello?.value === tls.hello?.value && (known.serverHello == nil) == (tls.serverHello == nil)
            && known.version?.value == tls.version?.value && known.cipherSuite?.value == tls.cipherSuite?.value
            && known.group?.value == tls.group?.value && known.resumed == tls.resumed
            && Self.answersAlike(known.serverHello?.value, tls.serverHello?.value)
            && (known.earlyRecord == nil) == (tls.earlyRecord == nil)
            && known.completed == tls.completed && known.isImplicit == tls.isImplicit
            && known.clientCertificatePresented == tls.clientCertificatePresented
            && tls.alerts.isEmpty && tls.failure == nil
            && known.certificates.observed?.value == tls.certificates.observed?.value
            && known.leaf?.value == tls.leaf?.value && known.trust == tls.trust
    }

    private static func answersAlike(_ known: ServerHelloFacts?, _ hello: ServerHelloFacts?) -> Bool {
        guard let known, let hello else { return known == nil && hello == nil }
        return known.legacyVersion == hello.legacyVersion && known.compressionMethod == hello.compressionMethod
            && known.extensionTypes == hello.extensionTypes
    }

    mutating func fingerprint(_ hello: SharedClientHello) -> ClientFingerprint? {
        if clients.isEmpty { clients = Array(repeating: nil, count: Self.slots) }
        let identity = UInt64(UInt(bitPattern: ObjectIdentifier(hello)) >> 4)
        let slot = Int(truncatingIfNeeded: (identity &* 0x9E37_79B9_7F4A_7C15) >> 32) & (Self.slots - 1)
        if let known = clients[slot], known.hello === hello { return known.fingerprint }
        let made = ClientFingerprint(hello.facts)
        clients[slot] = Client(hello: hello, fingerprint: made)
        return made
    }

    /// The members of a dialogue before its counts.
    func opening(_ smtp: SMTPFacts) -> [UInt8]? {
        guard !dialogues.isEmpty, let known = dialogues[Self.slot(of: smtp)], Self.readsAlike(known, smtp) else {
            return nil
        }
        return known.opening
    }

    mutating func keep(_ opening: [UInt8], of smtp: SMTPFacts) {
        if dialogues.isEmpty { dialogues = Array(repeating: nil, count: Self.slots) }
        dialogues[Self.slot(of: smtp)] = Dialogue(
            greeting: smtp.greeting?.value.text, clientName: smtp.clientName?.value, isESMTP: smtp.isESMTP,
            keywords: smtp.ehlo?.keywords, opening: opening)
    }

    private static func slot(of smtp: SMTPFacts) -> Int {
        var sum = smtp.greeting?.value.text.identity ?? 0
        sum = sum &* 31 &+ (smtp.clientName?.value.identity ?? 0)
        sum = sum &* 31 &+ (smtp.ehlo?.keywords.first?.octets.identity ?? 0)
        return Int(truncatingIfNeeded: (sum &* 0x9E37_79B9_7F4A_7C15) >> 32) & (slots - 1)
    }

    private static func readsAlike(_ known: Dialogue, _ smtp: SMTPFacts) -> Bool {
        guard known.isESMTP == smtp.isESMTP, isSame(known.greeting, smtp.greeting?.value.text),
            isSame(known.clientName, smtp.clientName?.value)
        else { return false }
        guard let old = known.keywords, let new = smtp.ehlo?.keywords else {
            return known.keywords == nil && smtp.ehlo == nil
        }
        guard old.count == new.count else { return false }
        for index in old.indices where !old[index].octets.isIdentical(to: new[index].octets) { return false }
        return true
    }

    private static func isSame(_ one: QuotedText?, _ other: QuotedText?) -> Bool {
        guard let one, let other else { return one == nil && other == nil }
        return one.isIdentical(to: other)
    }
}
