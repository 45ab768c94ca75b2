/// Whether a certificate is for a host (RFC 9525 §6).
public enum NameMatch: String, Hashable, Sendable {
    /// A name in subjectAltName is the host's.
    case matches
    /// Only a common name is the host's; RFC 9525 §2 no longer counts it, many mail servers still do.
    case onlyByCommonName
    case differs
}

extension CertificateFacts {
    /// Compares the host's name (in A-labels, in any letter case, with or without a trailing dot) or its address
    /// literal with the names that the certificate presents.
    public func match(_ hostName: String) -> NameMatch {
        if let address = IPAddress(literal: hostName) { return match(address) }
        let host = hostName.utf8Span.span
        guard HostName.length(host) > 0 else { return .differs }
        if self.dnsNames.contains(where: { HostName.matches(host, presented: $0.utf8Span.span) }) { return .matches }
        return self.commonNames.contains { HostName.matches(host, presented: $0.utf8Span.span) }
            ? .onlyByCommonName : .differs
    }

    /// Whether a name in subjectAltName that has an asterisk among other characters of its left-most label may stand for the host,
    /// as older clients read it (RFC 6125 §6.4.3): what stands before and behind the asterisk agrees.
    public func mayHoldByPartOfLabel(_ hostName: String) -> Bool {
        let host = hostName.lowercased()
        return self.dnsNames.contains { presented in
            let parts = presented.lowercased().split(separator: "*", omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].contains("."), host.utf8.count + 1 >= presented.utf8.count,
                host.hasPrefix(parts[0]), host.hasSuffix(parts[1])
            else { return false }
            return !host.dropFirst(parts[0].count).dropLast(parts[1].count).contains(".")
        }
    }

    /// Addresses match as values, never by wildcard (RFC 9525 §6.4).
    private func match(_ address: IPAddress) -> NameMatch {
        if self.ipAddresses.contains(address.description) { return .matches }
        return self.commonNames.contains { IPAddress(literal: $0) == address } ? .onlyByCommonName : .differs
    }
}

/// DNS names, compared label by label without regard to the case of ASCII letters, and without making any other text.
private enum HostName {
    /// Octets of a name without the dot of the root; 0 where it is no host name: a label is empty.
    static func length(_ name: Span<UInt8>) -> Int {
        var length = name.count
        if length > 0, name[length - 1] == dot { length -= 1 }
        var previous = dot
        for index in 0..<length {
            if name[index] == dot, previous == dot { return 0 }
            previous = name[index]
        }
        return previous == dot ? 0 : length
    }

    /// Whether a presented name is the host's. A wildcard stands for one whole label, the left-most (RFC 9525 §6.3).
    static func matches(_ host: Span<UInt8>, presented: Span<UInt8>) -> Bool {
        let end = length(host)
        // Most are of another length, whatever else they are.
        guard !presented.isEmpty, presented[0] == asterisk || presented.count == end || presented.count == end + 1
        else { return false }
        let presentedEnd = length(presented)
        guard presentedEnd > 0, end > 0 else { return false }
        if presentedEnd == 1, presented[0] == asterisk { return false }
        guard presented[0] == asterisk, presented[1] == dot else {
            return areEqual(presented.extracting(0..<presentedEnd), host.extracting(0..<end))
        }
        guard let first = (0..<end).first(where: { host[$0] == dot }) else { return false }
        return areEqual(presented.extracting(1..<presentedEnd), host.extracting(first..<end))
    }

    private static let dot = UInt8(ascii: ".")
    private static let asterisk = UInt8(ascii: "*")

    private static func areEqual(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Bool {
        guard left.count == right.count else { return false }
        for index in left.indices where ASCII.upper(left[index]) != ASCII.upper(right[index]) { return false }
        return true
    }
}
