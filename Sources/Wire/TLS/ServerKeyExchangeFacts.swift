/// What a ServerKeyExchange says of the ephemeral key (RFC 5246 §7.4.3, RFC 8422 §5.4).
public struct ServerKeyExchangeFacts: Sendable, Equatable {
    /// The named curve; `nil` for Diffie-Hellman in a finite field.
    public var group: NamedGroup?
    /// The group of RFC 7919 that the Diffie-Hellman prime belongs to.
    public var finiteField: NamedGroup?
    /// Length of the Diffie-Hellman prime, leading zeros left out.
    public var dhPrimeBits: Int?
    /// The curve was given by its parameters, not by its name.
    public var usesExplicitCurve = false
    /// How the parameters were signed (TLS 1.2 says it; before, the suite fixes it).
    public var signatureScheme: SignatureScheme?

    /// Reads a message body for the key exchange of the suite that the server chose.
    public init(
        parsing reader: inout ByteReader, keyExchange: CipherSuiteProperties.KeyExchange, version: TLSVersion
    ) throws(WireError) {
        switch keyExchange {
        case .ecdhe, .ecdhAnon: try takeCurve(&reader)
        case .dhe, .dheExport, .dhAnon, .dhAnonExport: try takePrime(&reader)
        case .ecdhePsk:
            _ = try reader.vector16()  // identity hint
            try takeCurve(&reader)
        case .dhePsk:
            _ = try reader.vector16()
            try takePrime(&reader)
        default: return
        }
        // The parameters of an explicit curve are not read, so neither is what stands behind them.
        if usesExplicitCurve { return }
        let isSigned = keyExchange == .ecdhe || keyExchange == .dhe || keyExchange == .dheExport
        if isSigned, version == .tls12 { signatureScheme = SignatureScheme(rawValue: try reader.u16()) }
    }

    /// ECParameters, then ECPoint public<1..2^8-1>.
    private mutating func takeCurve(_ reader: inout ByteReader) throws(WireError) {
        guard try reader.u8() == 3 else {  // named_curve
            usesExplicitCurve = true
            _ = reader.takeRest()
            return
        }
        group = NamedGroup(rawValue: try reader.u16())
        _ = try reader.vector8(1...255)
    }

    /// ServerDHParams: dh_p<1..2^16-1>, dh_g<1..2^16-1>, dh_Ys<1..2^16-1>.
    private mutating func takePrime(_ reader: inout ByteReader) throws(WireError) {
        let prime = try reader.vector16(1...0xFFFF)
        var leading = 0
        while leading < prime.count, prime[leading] == 0 { leading += 1 }
        dhPrimeBits = leading == prime.count ? 0 : (prime.count - leading) * 8 - prime[leading].leadingZeroBitCount
        finiteField = FiniteFieldGroup.group(of: prime)
        _ = try reader.vector16(1...0xFFFF)
        _ = try reader.vector16(1...0xFFFF)
    }
}
