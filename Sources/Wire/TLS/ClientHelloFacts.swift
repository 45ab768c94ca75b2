/// What a ClientHello says (RFC 8446 §4.1.2), or its SSLv2-compatible form (RFC 5246 appendix E.2).
///
///     struct {
///         ProtocolVersion legacy_version = 0x0303;
///         Random random;
///         opaque legacy_session_id<0..32>;
///         CipherSuite cipher_suites<2..2^16-2>;
///         opaque legacy_compression_methods<1..2^8-1>;
///         Extension extensions<8..2^16-1>;
///     } ClientHello;
public struct ClientHelloFacts: Sendable {
    public var legacyVersion: TLSVersion
    /// Without GREASE values and signalling values.
    public var cipherSuites: [CipherSuite] = []
    /// TLS_FALLBACK_SCSV (RFC 7507) was among the suites.
    public var offersFallbackSCSV = false
    public var offersRenegotiationInfo = false
    /// The signalling values, and where they stand among the suites (GREASE not counted).
    public var signals: [Signal] = []
    public var compressionMethods: [UInt8] = []
    /// Extension types in the order of sending, GREASE included.
    public var extensionTypes: [UInt16] = []
    /// From supported_versions, GREASE left out; `nil` where the extension is absent.
    public var offeredVersions: [TLSVersion]?
    /// The SNI host name (RFC 6066 §3), escaped.
    public var serverName: String?
    public var alpn: [String] = []
    /// The outer octets of the leading ALPN name, the first one in the high octet.
    public var protocolEnds: UInt16?
    public var groups: [NamedGroup] = []
    /// RFC 8422 §5.1.2.
    public var pointFormats: [UInt8] = []
    public var keyShareGroups: [NamedGroup] = []
    public var signatureSchemes: [SignatureScheme] = []
    public var offersExtendedMasterSecret = false
    public var offersEncryptThenMAC = false
    public var offersEarlyData = false
    public var offersPSK = false
    /// Another ClientHello may be encrypted inside this one (RFC 9849 §5): a server that can read it answers that one.
    public var mayHideAnother = false
    /// The client sent a session ticket (RFC 5077 §3.2).
    public var presentsTicket = false
    public var pskModes: [UInt8] = []
    public var isSSLv2Compatible = false

    /// More of them are not kept.
    public static let maximumSignals = 8

    /// A signalling value in the list of suites.
    public struct Signal: Sendable {
        public let suite: CipherSuite
        public let place: Int
    }

    /// All suites with the signalling values between them, GREASE left out.
    public var suitesAsSent: [CipherSuite] {
        var suites = cipherSuites
        for signal in signals { suites.insert(signal.suite, at: min(signal.place, suites.count)) }
        return suites
    }

    /// Octets of memory that the lists take, roughly.
    public var cost: Int {
        16 * signals.count + pointFormats.count
            + 2 * (cipherSuites.count + extensionTypes.count + groups.count + signatureSchemes.count)
            + 2 * (offeredVersions?.count ?? 0) + alpn.reduce(0) { $0 + $1.utf8.count + 32 }
    }

    /// The highest version that the client offers.
    public var maximumVersion: TLSVersion { offeredVersions?.max() ?? legacyVersion }
}

extension ClientHelloFacts {
    /// Reads a message body; the reader must end with it.
    public init(parsing reader: inout ByteReader) throws(WireError) {
        legacyVersion = TLSVersion(rawValue: try reader.u16())
        try reader.skip(32)  // random
        _ = try reader.vector8(0...32)  // legacy_session_id
        let suites = try reader.values16()
        compressionMethods = [UInt8](copying: try reader.vector8(1...255))
        note(suites)
        // A TLS 1.2 client may leave the block out altogether (RFC 5246 §7.4.1.2).
        guard !reader.isAtEnd else { return }
        let start = reader.offset + 2
        var block = HelloExtensions(try reader.vector16(), at: start)
        while !block.isAtEnd {
            var next = try block.next()
            extensionTypes.append(next.type)
            try take(ExtensionType(rawValue: next.type), &next.data)
        }
        guard reader.isAtEnd else { throw reader.failure(.malformed("octets behind the extensions")) }
    }

    /// Reads an SSLv2-compatible hello behind its two-octet length.
    ///
    ///     uint8 msg_type; Version version; uint16 cipher_spec_length, session_id_length, challenge_length;
    ///     V2CipherSpec cipher_specs[]; opaque session_id[]; opaque challenge[];
    public init(parsingSSLv2 reader: inout ByteReader) throws(WireError) {
        guard try reader.u8() == 1 else { throw reader.failure(.malformed("no CLIENT-HELLO")) }
        legacyVersion = TLSVersion(rawValue: try reader.u16())
        isSSLv2Compatible = true
        let specsLength = Int(try reader.u16())
        let sessionLength = Int(try reader.u16())
        let challengeLength = Int(try reader.u16())
        guard specsLength.isMultiple(of: 3) else { throw reader.failure(.malformed("cipher specs not in threes")) }
        let specs = try reader.take(specsLength)
        var suites: [UInt16] = []
        // Specs with a zero in front are TLS suites, others are SSLv2's own kinds.
        for index in 0..<specsLength / 3 where specs[3 * index] == 0 {
            suites.append(UInt16(specs[3 * index + 1]) << 8 | UInt16(specs[3 * index + 2]))
        }
        try reader.skip(sessionLength)
        try reader.skip(challengeLength)
        note(suites)
    }

    private mutating func note(_ suites: [UInt16]) {
        for (place, value) in suites.enumerated() {
            let suite = CipherSuite(rawValue: value)
            guard suite.isSignal else {
                cipherSuites.append(suite)
                continue
            }
            if suite == .fallbackSCSV { offersFallbackSCSV = true } else { offersRenegotiationInfo = true }
            // Each means something once: a hello full of them must not become a list full of them.
            if signals.count < Self.maximumSignals { signals.append(Signal(suite: suite, place: place)) }
        }
    }

    private mutating func take(_ type: ExtensionType, _ data: inout ByteReader) throws(WireError) {
        switch type {
        case .serverName: serverName = try Self.hostName(&data)
        case .supportedGroups: groups = try data.values16().map { NamedGroup(rawValue: $0) }
        case .signatureAlgorithms:
            signatureSchemes = try data.values16().map { SignatureScheme(rawValue: $0) }
        case .applicationLayerProtocolNegotiation:
            protocolEnds = data.leadingProtocolEnds
            alpn = try data.protocolNames()
        case .ecPointFormats: pointFormats = data.octetList
        case .supportedVersions:
            offeredVersions = try data.values8().map { TLSVersion(rawValue: $0) }
        case .keyShare: keyShareGroups = try Self.shares(&data)
        // Reserved by now: what stands in it must not spoil the hello.
        case .draftKeyShare: keyShareGroups = (try? Self.shares(&data)) ?? keyShareGroups
        case .pskKeyExchangeModes: pskModes = [UInt8](copying: try data.vector8(1...255))
        case .preSharedKey: offersPSK = true
        case .earlyData: offersEarlyData = true
        case .encryptedClientHello: mayHideAnother = true
        case .sessionTicket: presentsTicket = !data.isAtEnd
        case .extendedMasterSecret: offersExtendedMasterSecret = true
        case .encryptThenMAC: offersEncryptThenMAC = true
        case .renegotiationInfo: offersRenegotiationInfo = true
        default: break
        }
    }

    /// The first host_name of a ServerNameList (RFC 6066 §3). Some clients send the extension empty.
    private static func hostName(_ data: inout ByteReader) throws(WireError) -> String? {
        guard !data.isAtEnd else { return nil }
        var list = ByteReader(try data.vector16(), layer: .tlsHandshake, offset: data.offset)
        while !list.isAtEnd {
            let type = try list.u8()
            let name = try list.vector16()
            // An empty name (it must not be) asks for nothing.
            if type == 0 { return name.isEmpty ? nil : Escaping.text(name, limit: 255) }
        }
        return nil
    }

    /// The groups of KeyShareEntry client_shares<0..2^16-1> (RFC 8446 §4.2.8).
    private static func shares(_ data: inout ByteReader) throws(WireError) -> [NamedGroup] {
        var list = ByteReader(try data.vector16(), layer: .tlsHandshake, offset: data.offset)
        var groups: [NamedGroup] = []
        while !list.isAtEnd {
            let group = try list.u16()
            _ = try list.vector16()
            if !GREASE.contains(group), groups.count < 32 { groups.append(NamedGroup(rawValue: group)) }
        }
        return groups
    }
}
