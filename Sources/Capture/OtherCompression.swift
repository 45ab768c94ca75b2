/// How a file may be compressed that is not read: known by its beginning only, to say what to do with it.
enum OtherCompression: String {
    case xz, bzip2, lz4, zip

    init?(magic: [UInt8]) {
        guard magic.count >= 4 else { return nil }
        switch (magic[0], magic[1], magic[2], magic[3]) {
        case (0xFD, 0x37, 0x7A, 0x58): self = .xz
        // BZh, and the size of its blocks as a digit.
        case (0x42, 0x5A, 0x68, 0x31...0x39): self = .bzip2
        case (0x04, 0x22, 0x4D, 0x18): self = .lz4
        case (0x50, 0x4B, 0x03, 0x04): self = .zip
        default: return nil
        }
    }

    /// What decompresses it.
    var command: String {
        switch self {
        case .xz: "xz -d"
        case .bzip2: "bzip2 -d"
        case .lz4: "lz4 -d"
        case .zip: "unzip"
        }
    }
}
