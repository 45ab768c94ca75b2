import Sessions
import Wire

/// What of a session's mail crossed in clear: the one place where rules and verdict agree on it.
struct ClearText {
    /// Login secrets, the worst leading.
    let secrets: [ExposedSecret]
    /// The first AUTH command, whatever it exposed.
    let auth: Excerpt?
    /// The first MAIL command.
    let mail: Excerpt?
    /// The first octets of message content.
    let content: Excerpt?
    let hasRecipients: Bool
    let isMailRefused: Bool
    /// A MAIL command of a session that goes on has no reply yet, and nothing followed it: it may be refused.
    private let awaitsReplyToMail: Bool

    /// `observations` tell whether what followed a 220 to STARTTLS may be TLS that was decrypted before the tap.
    init(_ session: borrowing MailSession, _ observations: borrowing CaptureObservations) {
        // Most sessions: asked by many rules, answered without a look at each fact.
        guard session.smtp?.mayExpose == true else {
            (secrets, auth, mail, content, hasRecipients) = ([], nil, nil, nil, false)
            (isMailRefused, awaitsReplyToMail) = (false, false)
            return
        }
        let end = session.suspectedMirror(observations)?.offset ?? .max
        func inClear(_ excerpt: Excerpt?) -> Excerpt? { excerpt.flatMap { $0.offset < end ? $0 : nil } }
        // The dialogue is asked where it lies: to copy it would count all that it refers to.
        let goesOn = observations.sessionGoesOn
        secrets = session.smtp?.authentications.isEmpty == true ? [] : Self.secrets(session, before: end, goesOn)
        auth = inClear(session.smtp?.firstAuth)
        mail = inClear(session.smtp?.firstMail)
        content = inClear(session.smtp?.firstContent)
        let recipients = session.smtp?.rcptCommands ?? 0
        hasRecipients = recipients > 0 && (mail != nil || end == .max)
        isMailRefused = recipients == 0 && Self.isMailRefused(session.smtp?.transactions ?? [])
        awaitsReplyToMail =
            goesOn && content == nil && recipients == 0 && Self.awaitsReplyToMail(session.smtp?.transactions ?? [])
    }

    private static func secrets(_ session: borrowing MailSession, before end: Int64, _ goesOn: Bool) -> [ExposedSecret]
    {
        (session.smtp?.authentications ?? [])
            // While the session goes on its reply may still come, and decides how much it weighs.
            .filter { $0.command.offset < end && !(goesOn && $0.outcome == .unanswered) }
            .compactMap(ExposedSecret.init)
            .sorted { $0.outranks($1) }
    }

    var hasEnvelope: Bool { mail != nil || hasRecipients }

    /// Secrets of known mechanisms; of an unknown one nobody can say what it exposed.
    var hasCertainSecret: Bool { secrets.contains { $0.certainty > .possible } }

    var isEmpty: Bool { content == nil && !hasEnvelope && !hasCertainSecret }

    /// How sure it is that something crossed in clear that was worth hiding: from lines that only look like a secret no more follows.
    var certainty: Certainty {
        weight(of: secrets.filter { !$0.authentication.isInferred }) == weight ? .certain : .likely
    }

    /// The MAIL or AUTH command that came before the other.
    var firstCommand: Excerpt? {
        guard let mail, let auth else { return mail ?? auth }
        return mail.offset < auth.offset ? mail : auth
    }

    /// Where the client went on in clear; content may stand alone where the command before it was not taken.
    var firstUse: Excerpt? { firstCommand ?? content }

    /// How much it weighs that a client went on in clear; `nil` where that exposed nothing. Refused passwords and
    /// refused senders are mostly those of guessing bots.
    var weight: Severity? { weight(of: secrets) }

    private func weight(of secrets: [ExposedSecret]) -> Severity? {
        let hasEnvelope = hasEnvelope && !awaitsReplyToMail
        if content != nil || hasEnvelope && !isMailRefused { return .medium }
        if secrets.contains(where: { $0.severity > .low }) { return .medium }
        return secrets.isEmpty && !hasEnvelope ? nil : .low
    }

    private static func awaitsReplyToMail(_ transactions: [MailTransaction]) -> Bool {
        transactions.contains { $0.mailReply == nil }
            && !transactions.contains { $0.mailReply?.value.isFailure == false }
    }

    private static func isMailRefused(_ transactions: [MailTransaction]) -> Bool {
        !transactions.isEmpty && transactions.allSatisfy { $0.mailReply?.value.isFailure == true }
    }
}

extension SMTPFacts {
    /// Lines of the client were not read that a server may have read as commands, or as content.
    var hidesLines: Bool { hasUnusual && (unusual?.bareCarriageReturn != nil || unusual?.hidesOctets == true) }

    /// A reply of the server was seen.
    var hasReplies: Bool {
        greeting != nil || ehlo != nil || ehloRefused != nil || messagesAccepted > 0
            || transactions.contains { $0.mailReply != nil }
            || authentications.contains { $0.reply != nil }
    }

    /// A command that carries something worth hiding was seen, or content.
    var mayExpose: Bool {
        if rcptCommands > 0 || !authentications.isEmpty || !transactions.isEmpty { return true }
        if case .some = firstMail { return true }
        if case .some = firstContent { return true }
        if case .some = firstAuth { return true }
        return false
    }
}

extension MailSession {
    /// The octets from which on the tap may show a decrypted copy of TLS instead of what crossed the wire.
    func suspectedMirror(_ observations: CaptureObservations) -> Excerpt? {
        // Asked first, so that `dependsOnObservations` names every session that they can change.
        guard dependsOnObservations, case .plaintext(let excerpt, _) = startTLS.afterReady else { return nil }
        return observations.looksLikeDecryptedMirror ? excerpt : nil
    }
}
