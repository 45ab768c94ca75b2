import Sessions
import Wire

extension EventEncoder {
    /// One message transaction in clear.
    func smtp(
        _ transaction: MailTransaction, ordinal: Int, of session: MailSession, _ head: EventHead,
        into json: inout JSONWriter
    ) {
        json.line { json in
            self.head(head, "smtp", frame: transaction.mail.frame, into: &json)
            json.object("smtp") { json in
                json.member("helo", session.smtp?.clientName.map { privacy.text($0.value) })
                json.member("mail_from", privacy.text(transaction.sender))
                json.member("rcpt_to", transaction.recipients.map { privacy.text($0) })
            }
            json.object("mail_tls") { json in
                identity(of: head, "-smtp-", ordinal, into: &json)
                facts(of: transaction, into: &json)
            }
        }
    }

    /// What `mail_tls` begins with in an event that is part of a session. Its id is deterministic: of the session, the kind
    /// of event, and its number among those.
    func identity(of head: EventHead, _ kind: StaticString, _ ordinal: Int, into json: inout JSONWriter) {
        json.fragment(
            head.opening,
            { octets in
                octets.append(kind)
                octets.append(decimal: UInt64(ordinal))
            }, head.closing)
    }

    /// The same in an event that is part of none.
    func identity(_ id: String, into json: inout JSONWriter) {
        json.member("schema", Self.schema)
        json.member("id", id)
    }

    private func facts(of transaction: MailTransaction, into json: inout JSONWriter) {
        json.member("mail_reply", transaction.mailReply?.value.rawValue)
        json.member("rcpt", transaction.rcptCommands)
        json.member("rcpt_accepted", transaction.rcptAccepted)
        json.member("content", transaction.content != nil)
        guard transaction.content != nil else { return }
        json.member("content_octets", transaction.contentOctets)
        json.member("content_reply", transaction.contentReply?.value.rawValue)
    }
}
