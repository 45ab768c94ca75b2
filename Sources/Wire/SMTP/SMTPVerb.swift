/// The command verbs that are known by name (RFC 5321, and the extensions that real servers speak).
public enum SMTPVerb: String, Sendable, CaseIterable {
    case ehlo = "EHLO"
    case helo = "HELO"
    /// LMTP (RFC 2033).
    case lhlo = "LHLO"
    case mail = "MAIL"
    case rcpt = "RCPT"
    case data = "DATA"
    /// CHUNKING (RFC 3030).
    case bdat = "BDAT"
    case rset = "RSET"
    case noop = "NOOP"
    case quit = "QUIT"
    case vrfy = "VRFY"
    case expn = "EXPN"
    case help = "HELP"
    /// RFC 4954.
    case auth = "AUTH"
    /// RFC 3207.
    case startTLS = "STARTTLS"
    /// Exchange's name for AUTH between its own servers.
    case xExps = "X-EXPS"
    /// Exchange's STARTTLS with an anonymous key exchange.
    case xAnonymousTLS = "X-ANONYMOUSTLS"
    case xClient = "XCLIENT"
    case xForward = "XFORWARD"
    case etrn = "ETRN"
    case turn = "TURN"
    case atrn = "ATRN"
    case send = "SEND"
    case soml = "SOML"
    case saml = "SAML"
    /// Message submission by reference (RFC 4468).
    case burl = "BURL"
    case unrecognized = ""
}
