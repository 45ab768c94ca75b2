import Wire

/// What of a handshake is asked with every segment. It lies beside the handshake, which is large and may be absent: to ask
/// that would copy it.
struct HandshakeOutline: Sendable, Equatable {
    /// A handshake was begun.
    var isBegun = false
    var isImplicit = false
    /// Octets of the server's handshake were read.
    var serverHasSpoken = false
    /// A fatal alert in clear ended a handshake that STARTTLS had begun.
    var hasFailedAfterStartTLS = false
    /// Both sides went on to use the keys, or one did and the other is not heard any more, or the handshake failed.
    var isPastClear = false
    /// The client went on to use the keys, and the server did.
    var isProtected = BothSides(client: false, server: false)
    /// Octets of a protected record that are still to come, and may be stepped over: none where a record's header is next.
    /// Negative where octets must be read.
    var left = BothSides(client: -1, server: -1)
    /// The handshake is complete: further records of application data are only counted.
    var isComplete = false

    /// A handshake was begun, and the server has said nothing to it.
    var awaitsServer: Bool { isBegun && !serverHasSpoken }
}

// Mutating, although they change nothing: so they are asked where the handshake lies.

extension TLSHandshake {
    mutating func nextOutline() -> HandshakeOutline {
        let maySkip = serverHasSpoken && !hasFailedAfterStartTLS
        let isProtected = usesKeys()
        return HandshakeOutline(
            isBegun: true, isImplicit: facts.isImplicit != false, serverHasSpoken: serverHasSpoken,
            hasFailedAfterStartTLS: hasFailedAfterStartTLS, isPastClear: isPastClear(isProtected),
            isProtected: isProtected,
            left: maySkip
                ? BothSides(client: client.skippable ?? -1, server: server.skippable ?? -1)
                : BothSides(client: -1, server: -1),
            isComplete: facts.completed == true)
    }

    private mutating func usesKeys() -> BothSides<Bool> {
        // In TLS 1.3 it says nothing (RFC 8446 §D.4), and may stand before a second hello.
        let counts = facts.version.map { !$0.value.isTLS13 } ?? false
        return BothSides(
            client: facts.clientRecords.count > 0 || counts && facts.clientChangeCipherSpec != nil,
            server: facts.serverRecords.count > 0 || counts && facts.serverChangeCipherSpec != nil)
    }

    /// Who forges the other side's part of the handshake in clear is contradicted by what that side says in its place.
    private mutating func isPastClear(_ isProtected: BothSides<Bool>) -> Bool {
        isProtected.client && isProtected.server || facts.failure != nil
            || facts.clientRecords.count > Self.recordsAlone || facts.serverRecords.count > Self.recordsAlone
    }

    /// Records of one side within which the other one ends its part: those of a server's flight in TLS 1.3, and as many of a client
    /// that sends early data.
    private static let recordsAlone = 8
}
