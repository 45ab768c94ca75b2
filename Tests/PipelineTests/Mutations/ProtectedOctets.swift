/// The octets of a recording whose change may decide about TLS: the reply to EHLO, the STARTTLS exchange and the
/// handshake as far as it is in clear.
struct ProtectedOctets {
    private var excluded: [[Bool]]

    func contains(_ octet: Int, of frame: Int) -> Bool { excluded[frame][octet] }

    init(_ recording: RecordedFrames) {
        excluded = recording.frames.map { [Bool](repeating: false, count: $0.octets.count) }
        var command: [UInt8] = []
        var isReady = false
        var records = (client: RecordWalk(), server: RecordWalk())
        for frame in recording.frames.indices {
            let isFromServer = recording.isFromServer(frame)
            let range = recording.payload(of: frame)
            let octets = recording.frames[frame].octets
            guard !range.isEmpty else { continue }
            if isReady {
                for octet in range {
                    excluded[frame][octet] =
                        isFromServer
                        ? records.server.isHandshakeInClear(octets[octet])
                        : records.client.isHandshakeInClear(octets[octet])
                }
                continue
            }
            if !isFromServer { command = Array(octets[range.prefix(8)]) }
            let isStartTLS = command.starts(with: "STARTTLS".utf8)
            // To both belong the command and the reply, and to EHLO the reply alone.
            if isStartTLS || isFromServer && command.starts(with: "EHLO".utf8) {
                for octet in range { excluded[frame][octet] = true }
            }
            isReady = isStartTLS && isFromServer
        }
    }
}

/// Follows the records of one side, octet by octet (RFC 8446 §5.1).
private struct RecordWalk {
    private var header: [UInt8] = []
    private var left = 0
    private var isInClear = false
    private var hasChangedCipher = false

    /// Whether the next octet of the stream belongs to a handshake message in clear, or to a ChangeCipherSpec.
    mutating func isHandshakeInClear(_ octet: UInt8) -> Bool {
        if left > 0 {
            left -= 1
            return isInClear
        }
        if header.isEmpty {
            isInClear = octet == 20 || octet == 22 && !hasChangedCipher
            hasChangedCipher = hasChangedCipher || octet == 20
        }
        header.append(octet)
        if header.count == 5 {
            left = Int(header[3]) << 8 | Int(header[4])
            header = []
        }
        return isInClear
    }
}
