import Sessions
import Wire

/// What many sessions say alike, as JSON: a server's greeting and keywords, and what a handshake negotiated.
///
/// Each entry holds what it was made of.
struct FragmentCache: Sendable {
    private var handshakes = PairedEntries<Handshake>()
    private var dialogues = PairedEntries<Dialogue>()
    private var clients = PairedEntries<Client>()

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
        handshakes.find(Self.number(of: tls)) { Self.readsAlike($0.facts, tls) }
    }

    /// Alerts and failures name frames: what has any is not kept.
    mutating func keep(_ made: Handshake) {
        guard made.facts.alerts.isEmpty, made.facts.failure == nil else { return }
        handshakes.keep(made, Self.number(of: made.facts))
    }

    private static func number(of tls: TLSFacts) -> UInt64 {
        var sum = tls.hello.map { UInt64(UInt(bitPattern: ObjectIdentifier($0.value)) >> 4) } ?? 0
        sum = sum &* 31 &+ UInt64(tls.version?.value.rawValue ?? 0)
        sum = sum &* 31 &+ UInt64(tls.cipherSuite?.value.rawValue ?? 0)
        sum = sum &* 31 &+ (tls.completed == true ? 1 : 0) &+ (tls.resumed == true ? 2 : 0)
        if let leaf = tls.leaf?.value { sum = sum &* 31 &+ leaf.identity }
        return sum
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
        let identity = UInt64(UInt(bitPattern: ObjectIdentifier(hello)) >> 4)
        if let known = clients.find(identity, where: { $0.hello === hello }) { return known.fingerprint }
        let made = ClientFingerprint(hello.facts)
        clients.keep(Client(hello: hello, fingerprint: made), identity)
        return made
    }

    /// The members of a dialogue before its counts.
    func opening(_ smtp: SMTPFacts) -> [UInt8]? {
        dialogues.find(Self.number(of: smtp)) { Self.readsAlike($0, smtp) }?.opening
    }

    mutating func keep(_ opening: [UInt8], of smtp: SMTPFacts) {
        let made = Dialogue(
            greeting: smtp.greeting?.value.text, clientName: smtp.clientName?.value, isESMTP: smtp.isESMTP,
            keywords: smtp.ehlo?.keywords, opening: opening)
        dialogues.keep(made, Self.number(of: smtp))
    }

    private static func number(of smtp: SMTPFacts) -> UInt64 {
        var sum = smtp.greeting?.value.text.identity ?? 0
        sum = sum &* 31 &+ (smtp.clientName?.value.identity ?? 0)
        return sum &* 31 &+ (smtp.ehlo?.keywords.first?.octets.identity ?? 0)
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

/// Entries that are found by a number, each in one of two places, so that two that many ask for in turn both stay. A new one
/// takes the place of the older one.
private struct PairedEntries<Entry: Sendable>: Sendable {
    private var entries: [Entry?] = []

    private static var pairs: Int { 128 }

    func find(_ number: UInt64, where isSame: (borrowing Entry) -> Bool) -> Entry? {
        guard !entries.isEmpty else { return nil }
        let place = Self.place(of: number)
        if let entry = entries[place], isSame(entry) { return entry }
        if let entry = entries[place + 1], isSame(entry) { return entry }
        return nil
    }

    mutating func keep(_ entry: Entry, _ number: UInt64) {
        if entries.isEmpty { entries = Array(repeating: nil, count: 2 * Self.pairs) }
        let place = Self.place(of: number)
        if entries[place] != nil { entries.swapAt(place, place + 1) }
        entries[place] = entry
    }

    private static func place(of number: UInt64) -> Int {
        2 * (Int(truncatingIfNeeded: (number &* 0x9E37_79B9_7F4A_7C15) >> 32) & (pairs - 1))
    }
}
