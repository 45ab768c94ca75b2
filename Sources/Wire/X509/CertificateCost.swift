extension CertificateReading {
    /// Memory that it takes, roughly, in octets.
    var cost: Int {
        switch self {
        case .facts(let facts): facts.cost
        case .unreadable(_, let digest): digest.cost
        }
    }
}

extension CertificateFacts {
    /// Memory that they take with their encoding, roughly, in octets.
    var cost: Int { Room.header + MemoryLayout<SHA256Fingerprint>.stride + encoded.cost + fields.cost }
}

extension CertificateFields {
    fileprivate var cost: Int {
        let texts = [subject, issuer, serial, sha256, publicKey.description, signature.name]
        let lists = [dnsNames, ipAddresses, commonNames]
        let keyIDs = [subjectKeyID, authorityKeyID].compactMap(\.self)
        return MemoryLayout<Self>.stride + texts.reduce(0) { $0 + $1.cost } + lists.reduce(0) { $0 + $1.cost }
            + keyIDs.reduce(0) { $0 + $1.cost }
    }
}

/// What a piece of memory takes besides what lies in it.
private enum Room {
    /// What Swift writes in front of it, and what the allocator does.
    static let header = 48
}

extension String {
    /// Memory that its octets take, which short ones have in themselves.
    fileprivate var cost: Int { utf8.count <= 15 ? 0 : Room.header + utf8.count }
}

extension [String] {
    fileprivate var cost: Int {
        isEmpty ? 0 : reduce(Room.header + capacity * MemoryLayout<String>.stride) { $0 + $1.cost }
    }
}

extension [UInt8] {
    fileprivate var cost: Int { isEmpty ? 0 : Room.header + capacity }
}
