import SwiftASN1

/// The character strings of X.520 names, as octets that are UTF-8 where they are text at all.
enum DirectoryText {
    /// `nil` where the value is no character string.
    static func octets(of node: ASN1Node) -> [UInt8]? {
        guard case .primitive(let octets) = node.content else { return nil }
        return switch node.identifier {
        case .utf8String, .printableString, .ia5String, .numericString, .visibleString: Array(octets)
        // What says it is T.61 is Latin-1 in practice.
        case .teletexString, .videotexString, .graphicString, .generalString: utf8(octets.map(UInt32.init))
        case .bmpString: bmp(octets)
        case .universalString: units(octets, width: 4).map(utf8)
        default: nil
        }
    }

    /// UCS-2, in which some issuers wrote surrogate pairs.
    private static func bmp(_ octets: ArraySlice<UInt8>) -> [UInt8]? {
        guard let units = units(octets, width: 2) else { return nil }
        return Array(String(decoding: units.map { UInt16(truncatingIfNeeded: $0) }, as: UTF16.self).utf8)
    }

    private static func utf8(_ scalars: [UInt32]) -> [UInt8] {
        var text = String.UnicodeScalarView()
        for value in scalars { text.append(Unicode.Scalar(value) ?? "\u{FFFD}") }
        return Array(String(text).utf8)
    }

    /// Big-endian units of `width` octets; `nil` where one is cut short.
    private static func units(_ octets: ArraySlice<UInt8>, width: Int) -> [UInt32]? {
        guard octets.count.isMultiple(of: width) else { return nil }
        return stride(from: octets.startIndex, to: octets.endIndex, by: width).map { start in
            octets[start..<start + width].reduce(0) { $0 << 8 | UInt32($1) }
        }
    }
}
