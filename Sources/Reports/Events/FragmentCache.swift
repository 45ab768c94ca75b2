import Sessions
import Wire

/// What many sessions say alike, as JSON: a server's greeting and keywords, what a handshake negotiated, the sentences of
/// findings.
///
/// Each entry holds what it was made of. Entries are objects: to look at one counts one reference.
struct FragmentCache: Sendable {
    private var handshakes = GroupedEntries<Handshake>()
    private var dialogues = GroupedEntries<Dialogue>()
    private var clients = GroupedEntries<Client>()
    private var sentences = GroupedEntries<Sentence>()
    private var numbered = GroupedEntries<Numbered>()
    /// A few dozen at most.
    private var unobserved: [(fact: Unobserved, written: [UInt8])] = []

    /// The parts of a handshake's events that hold no frame.
    final class Handshake: Sendable {
        let facts: TLSFacts
        let eve: [UInt8]
        let negotiation: [UInt8]

        init(_ facts: TLSFacts, eve: [UInt8], negotiation: [UInt8]) {
            self.facts = facts
            self.eve = eve
            self.negotiation = negotiation
        }
    }

    /// A ClientHello that many sessions share, and its fingerprint.
    private final class Client: Sendable {
        let hello: SharedClientHello
        let fingerprint: ClientFingerprint?

        init(_ hello: SharedClientHello) {
            self.hello = hello
            fingerprint = ClientFingerprint(hello.facts)
        }
    }

    private final class Dialogue: Sendable {
        let greeting: QuotedText?
        let clientName: QuotedText?
        let isESMTP: Bool?
        let keywords: [Excerpt]?
        let opening: [UInt8]

        init(_ smtp: SMTPFacts, _ opening: [UInt8]) {
            greeting = smtp.greeting?.value.text
            clientName = smtp.clientName?.value
            isESMTP = smtp.isESMTP
            keywords = smtp.ehlo?.keywords
            self.opening = opening
        }
    }

    /// A sentence, and the string that it is written as.
    private final class Sentence: Sendable {
        let text: String
        let written: [UInt8]

        init(_ text: String, _ privacy: Privacy) {
            self.text = text
            written = JSONWriter.fragment { $0.value(privacy.text(text)) }
        }
    }

    /// What follows from a few facts alone: the number says all of them.
    private final class Numbered: Sendable {
        let number: UInt64
        let written: [UInt8]

        init(_ number: UInt64, _ written: [UInt8]) {
            self.number = number
            self.written = written
        }
    }

    /// A sentence as a JSON string.
    mutating func sentence(_ text: String, _ privacy: Privacy) -> [UInt8] {
        let number = Self.number(of: text)
        let octets = text.utf8Span.span
        if let known = sentences.find(number, where: { $0.text.utf8Span.span.equals(octets) }) { return known.written }
        let made = Sentence(text, privacy)
        sentences.keep(made, number)
        return made.written
    }

    /// A sample, since sentences of one rule differ in few words: anywhere.
    private static func number(of text: String) -> UInt64 {
        let octets = text.utf8Span.span
        var sum = UInt64(octets.count)
        var index = 0
        while index < octets.count {
            sum = sum &* 31 &+ UInt64(octets[index])
            index += octets.count >> 3 + 1
        }
        return sum
    }

    /// Something that could not be observed, as an object.
    mutating func unobserved(_ fact: Unobserved) -> [UInt8] {
        for place in unobserved.indices where unobserved[place].fact == fact { return unobserved[place].written }
        let written = JSONWriter.fragment { json in
            json.object { json in
                json.member("fact", fact.fact)
                json.member("why", fact.why.rawValue)
            }
        }
        unobserved.append((fact, written))
        return written
    }

    /// What a number says, and the facts of that kind in few bits.
    enum Numbering: UInt64 {
        case exposure, dialogue, upgrade
    }

    static func number(_ kind: Numbering, _ facts: UInt64) -> UInt64 { facts << 2 | kind.rawValue }

    /// What was written for a number.
    func written(_ number: UInt64) -> [UInt8]? { numbered.find(number) { $0.number == number }?.written }

    /// Keeps what follows from a number, and from nothing else.
    mutating func keep(_ written: [UInt8], for number: UInt64) {
        numbered.keep(Numbered(number, written), number)
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
        let made = Client(hello)
        clients.keep(made, identity)
        return made.fingerprint
    }

    /// The members of a dialogue before its counts.
    func opening(_ smtp: SMTPFacts) -> [UInt8]? {
        dialogues.find(Self.number(of: smtp)) { Self.readsAlike($0, smtp) }?.opening
    }

    mutating func keep(_ opening: [UInt8], of smtp: SMTPFacts) {
        dialogues.keep(Dialogue(smtp, opening), Self.number(of: smtp))
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

/// Entries that are found by a number, each in one of a few places, so that those that many ask for in turn all stay. A new one
/// takes the place of the oldest.
private struct GroupedEntries<Entry: AnyObject & Sendable>: Sendable {
    private var entries: [Entry?] = []

    private static var groups: Int { 64 }
    /// With two places, some three of the forty that a capture of four kinds of sessions has met in one group as often as not,
    /// and were made anew with each session.
    private static var places: Int { 4 }

    func find(_ number: UInt64, where isSame: (borrowing Entry) -> Bool) -> Entry? {
        guard !entries.isEmpty else { return nil }
        for place in Self.range(of: number) {
            if let entry = entries[place], isSame(entry) { return entry }
        }
        return nil
    }

    mutating func keep(_ entry: Entry, _ number: UInt64) {
        if entries.isEmpty { entries = Array(repeating: nil, count: Self.places * Self.groups) }
        let range = Self.range(of: number)
        for place in range.dropFirst().reversed() { entries.swapAt(place, place - 1) }
        entries[range.lowerBound] = entry
    }

    private static func range(of number: UInt64) -> Range<Int> {
        let start = places * (Int(truncatingIfNeeded: (number &* 0x9E37_79B9_7F4A_7C15) >> 32) & (groups - 1))
        return start..<start + places
    }
}
