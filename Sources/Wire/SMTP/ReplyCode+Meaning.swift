extension ReplyCode {
    /// What the code says, in a few words (RFC 5321 §4.2; RFC 1985 §5, RFC 2645 §5, RFC 3207 §4, RFC 4954 §6,
    /// RFC 5248 §2.4, RFC 7504 §3 and §4); `nil` where nobody defined it.
    public var meaning: String? {
        switch rawValue {
        case 211: "system status or help"
        case 214: "help"
        case 220: "ready"
        case 221: "closing the connection"
        case 235: "logged in"
        case 250: "done"
        case 251: "user not local, will forward"
        case 252: "cannot verify, will try to deliver"
        case 334: "go on with the login"
        case 354: "send the message"
        case 421: "service not available, closing the connection"
        case 432: "a password change is needed"
        case 450: "mailbox not available now"
        case 451: "local error"
        case 452: "not enough storage"
        case 453: "no mail at the moment"
        case 454: "temporary failure of TLS or login"
        case 455: "cannot take these parameters now"
        case 458: "cannot queue messages for this node"
        case 459: "this node may not use the command"
        case 500: "command not known"
        case 501: "error in the arguments"
        case 502: "command not implemented"
        case 503: "command out of order"
        case 504: "argument not implemented"
        case 521: "this host takes no mail"
        case 525: "the account is disabled"
        case 530: "login or TLS is needed before"
        case 534: "the login mechanism is too weak"
        case 535: "the login is wrong"
        case 538: "this login mechanism needs encryption"
        case 550: "mailbox not available"
        case 551: "user not local"
        case 552: "storage exceeded"
        case 553: "mailbox name not allowed"
        case 554: "refused"
        case 555: "parameters of MAIL or RCPT not known"
        case 556: "the domain takes no mail"
        default: nil
        }
    }
}
