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
    /// A side went on to use the keys, or the handshake failed.
    var isPastClear = false
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
        return HandshakeOutline(
            isBegun: true, isImplicit: facts.isImplicit != false, serverHasSpoken: serverHasSpoken,
            hasFailedAfterStartTLS: hasFailedAfterStartTLS, isPastClear: isPastClear(),
            left: maySkip
                ? BothSides(client: client.skippable ?? -1, server: server.skippable ?? -1)
                : BothSides(client: -1, server: -1),
            isComplete: facts.completed == true)
    }

    private mutating func isPastClear() -> Bool {
        facts.clientChangeCipherSpec != nil || facts.serverChangeCipherSpec != nil || facts.clientRecords.count > 0
            || facts.serverRecords.count > 0 || facts.failure != nil
    }
}
