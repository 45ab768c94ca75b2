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
        let host = HostName(hostName)
        guard !host.octets.isEmpty else { return .differs }
        if self.dnsNames.contains(where: { host.matches($0) }) { return .matches }
        return self.commonNames.contains { host.matches($0) } ? .onlyByCommonName : .differs
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

/// A DNS name, compared label by label without regard to the case of ASCII letters, and without making any other text.
private struct HostName {
    /// Without the dot of the root. Empty where the text is no host name.
    let octets: Substring.UTF8View

    init(_ text: String) {
        var octets = text[...].utf8
        if octets.last == Self.dot { octets.removeLast() }
        self.octets = Self.isName(octets) ? octets : text.suffix(0).utf8
    }

    /// Whether a presented name is this one. A wildcard stands for one whole label, the left-most (RFC 9525 §6.3).
    func matches(_ presented: String) -> Bool {
        // Most are of another length, whatever else they are.
        if presented.utf8.first != UInt8(ascii: "*"), presented.utf8.count != octets.count,
            presented.utf8.count != octets.count + 1
        {
            return false
        }
        let presented = HostName(presented).octets
        guard !presented.isEmpty, !octets.isEmpty else { return false }
        if presented.count == 1, presented.first == UInt8(ascii: "*") { return false }
        guard presented.first == UInt8(ascii: "*"), let dot = presented.firstIndex(of: Self.dot),
            dot == presented.index(after: presented.startIndex)
        else { return Self.areEqual(presented, octets) }
        guard let end = octets.firstIndex(of: Self.dot) else { return false }
        return Self.areEqual(presented[dot...], octets[end...])
    }

    private static let dot = UInt8(ascii: ".")

    /// No label is empty.
    private static func isName(_ octets: Substring.UTF8View) -> Bool {
        var previous = dot
        for octet in octets {
            if octet == dot, previous == dot { return false }
            previous = octet
        }
        return previous != dot
    }

    private static func areEqual(_ left: Substring.UTF8View, _ right: Substring.UTF8View) -> Bool {
        left.count == right.count && left.elementsEqual(right) { ASCII.upper($0) == ASCII.upper($1) }
    }
}
