import Wire

/// What an alert means for mail, in classes (RFC 8446 §6.2).
enum AlertReason {
    /// A close, not a failure.
    case none
    case certificateExpired
    case certificateNotTrusted
    case certificateRefused
    case noCommonVersion
    case noCommonParameters
    case nameUnknown
    case fallbackRefused
    case other

    init(_ description: AlertDescription) {
        self =
            switch description.rawValue {
            case 0, 90, 100: .none
            case 45: .certificateExpired
            case 48: .certificateNotTrusted
            case 41, 42, 43, 44, 46, 111, 113, 114: .certificateRefused
            case 70: .noCommonVersion
            case 40, 47, 71, 109: .noCommonParameters
            case 112: .nameUnknown
            case 86: .fallbackRefused
            default: .other
            }
    }

    var isAboutCertificate: Bool {
        self == .certificateExpired || self == .certificateNotTrusted || self == .certificateRefused
    }

    /// What the sender says with it.
    var text: String {
        switch self {
        case .none: "nothing is wrong"
        case .certificateExpired: "the other side's certificate is expired or not yet valid"
        case .certificateNotTrusted: "it does not know the authority that signed the other side's certificate"
        case .certificateRefused: "it does not accept the other side's certificate"
        case .noCommonVersion: "both sides have no version of TLS in common"
        case .noCommonParameters: "both sides have no acceptable parameters in common, or a message was unacceptable"
        case .nameUnknown: "the server does not know the name that the client asked for"
        case .fallbackRefused: "the client retried with a lower version than both sides can do"
        case .other: "it could not go on"
        }
    }

    /// RFC 8460 §4.3 result type, where the alert is a client's verdict on the server.
    var tlsrptResultType: String {
        switch self {
        case .certificateExpired: "certificate-expired"
        case .certificateNotTrusted, .certificateRefused: "certificate-not-trusted"
        default: "validation-failure"
        }
    }
}
