/// Whether a certificate is for a host (RFC 9525 §6).
package enum NameMatch: String, Hashable, Sendable {
    /// A name in subjectAltName is the host's.
    case matches
    /// Only a common name is the host's; RFC 9525 §2 no longer counts it, many mail servers still do.
    case onlyByCommonName
    case differs
}

extension CertificateFacts {
    /// Compares the host's name (in A-labels, in any letter case, with or without a trailing dot) or its address
    /// literal with the names that the certificate presents.
    package func match(_ hostName: String) -> NameMatch {
        if let address = IPAddress(literal: hostName) { return match(address) }
        let host = HostName(hostName)
        guard !host.labels.isEmpty else { return .differs }
        if self.dnsNames.contains(where: { host.matches($0) }) { return .matches }
        return self.commonNames.contains { host.matches($0) } ? .onlyByCommonName : .differs
    }

    /// Addresses match as values, never by wildcard (RFC 9525 §6.4).
    private func match(_ address: IPAddress) -> NameMatch {
        if self.ipAddresses.contains(address.description) { return .matches }
        return self.commonNames.contains { IPAddress(literal: $0) == address } ? .onlyByCommonName : .differs
    }
}

/// A DNS name, cut into labels of lower-case letters.
private struct HostName {
    /// Empty where the text is no host name.
    let labels: [Substring]

    init(_ text: String) {
        var text = text[...]
        if text.last == "." { text = text.dropLast() }
        let lower = String(decoding: text.utf8.map(Self.lower), as: UTF8.self)
        let labels = lower.split(separator: ".", omittingEmptySubsequences: false)
        self.labels = labels.contains(where: \.isEmpty) ? [] : labels
    }

    /// Whether a presented name is this one. A wildcard stands for one whole label, the left-most (RFC 9525 §6.3).
    func matches(_ presented: String) -> Bool {
        let presented = HostName(presented).labels
        guard presented.count == labels.count, presented.count > 0 else { return false }
        guard presented.first == "*" else { return presented == labels }
        return presented.count > 1 && presented.dropFirst() == labels.dropFirst()
    }

    private static func lower(_ octet: UInt8) -> UInt8 { octet >= 0x41 && octet <= 0x5A ? octet + 0x20 : octet }
}
