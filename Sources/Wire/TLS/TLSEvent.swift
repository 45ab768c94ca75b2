/// What one direction of a TLS connection was seen to say.
public enum TLSEvent: Sendable {
    case clientHello(SharedClientHello)
    /// Also a HelloRetryRequest. By far the largest, so that others are moved without its room.
    indirect case serverHello(ServerHelloFacts)
    /// The chain as it was sent, leaf first.
    case certificates([CertificateReading])
    case serverKeyExchange(ServerKeyExchangeFacts)
    /// Any other handshake message in clear.
    case handshake(HandshakeType)
    /// The offset is that of its record in the sender's stream.
    case alert(TLSAlert, offset: Int64)
    case changeCipherSpec
    /// A record that only the ends can read; reported for the opening ones of a direction, then counted.
    case protected(TLSContentType, length: Int)
    /// The server speaks SSLv2, whose messages are not read further.
    case sslv2ServerHello
    /// Octets that are no TLS; nothing more of this direction is read.
    case malformed(WireError)
}
