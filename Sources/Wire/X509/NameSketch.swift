/// What a subject's or issuer's name looks like from afar: names that read alike have the same one, and few others do.
///
/// It takes a hundredth of what it takes to read a certificate, or its name.
public struct NameSketch: Hashable, Sendable {
    private let sum: UInt64

    /// `nil` where the name is not plain: other octets may read alike then.
    public init?(ofSubjectIn certificate: [UInt8]) {
        guard var fields = Self.fields(of: certificate), fields.skip(2), let name = fields.next() else { return nil }
        self.init(name, in: certificate)
    }

    /// `nil` where the name is not plain: other octets may read alike then.
    public init?(ofIssuerIn certificate: [UInt8]) {
        guard var fields = Self.fields(of: certificate), let name = fields.next() else { return nil }
        self.init(name, in: certificate)
    }

    /// The fields of a certificate (RFC 5280 §4.1) from its issuer on; validity and subject follow.
    private static func fields(of certificate: [UInt8]) -> DERValues? {
        var whole = DERValues(in: certificate, certificate.indices)
        guard let outer = whole.next(), outer.tag == sequence else { return nil }
        var signed = DERValues(in: certificate, outer.content)
        guard let toBeSigned = signed.next(), toBeSigned.tag == sequence else { return nil }
        var fields = DERValues(in: certificate, toBeSigned.content)
        // The version may be missing, before serialNumber and signature.
        guard let first = fields.next(), fields.skip(first.tag == version ? 2 : 1) else { return nil }
        return fields
    }

    private init?(_ name: DERValues.Value, in certificate: [UInt8]) {
        // What is longer could be cut where it is read.
        guard name.tag == Self.sequence, name.content.count <= Self.longest else { return nil }
        var sum: UInt64 = 0
        var sets = DERValues(in: certificate, name.content)
        while let set = sets.next() {
            guard set.tag == Self.set else { return nil }
            var attributes = DERValues(in: certificate, set.content)
            while let attribute = attributes.next() {
                var fields = DERValues(in: certificate, attribute.content)
                guard attribute.tag == Self.sequence, fields.next() != nil, let value = fields.next(),
                    let sketch = Self.sketch(of: value, in: certificate)
                else { return nil }
                sum &+= sketch
            }
            guard attributes.isWhole else { return nil }
        }
        guard sets.isWhole else { return nil }
        self.sum = sum
    }

    /// FNV-1a of printable ASCII, whichever type of string it is in, without regard to letter case and spaces.
    private static func sketch(of value: DERValues.Value, in certificate: [UInt8]) -> UInt64? {
        guard strings.contains(value.tag) else { return nil }
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for octet in certificate[value.content] {
            guard (0x20..<0x7F).contains(octet) else { return nil }
            if octet != ASCII.space { hash = (hash ^ UInt64(ASCII.upper(octet))) &* 0x100_0000_01B3 }
        }
        return hash
    }

    private static let sequence: UInt8 = 0x30
    private static let set: UInt8 = 0x31
    private static let version: UInt8 = 0xA0
    /// UTF8String, NumericString, PrintableString, IA5String, VisibleString.
    private static let strings: Set<UInt8> = [0x0C, 0x12, 0x13, 0x16, 0x1A]
    /// Octets of a name whose text is not cut, even where each of them is escaped.
    private static let longest = DistinguishedName.maximumText / 4
}

/// Goes from value to value in DER, and looks at none.
private struct DERValues {
    private let octets: [UInt8]
    private var rest: Range<Int>

    struct Value {
        let tag: UInt8
        let content: Range<Int>
    }

    init(in octets: [UInt8], _ range: Range<Int>) {
        self.octets = octets
        rest = range
    }

    /// Nothing was left that is no value.
    var isWhole: Bool { rest.isEmpty }

    /// `nil` at the end, and where there is no value with a short tag and a length in up to two octets.
    mutating func next() -> Value? {
        guard rest.count >= 2 else { return nil }
        let tag = octets[rest.lowerBound]
        guard tag & 0x1F != 0x1F, let (length, start) = length(at: rest.lowerBound + 1),
            length <= rest.upperBound - start
        else { return nil }
        rest = start + length..<rest.upperBound
        return Value(tag: tag, content: start..<start + length)
    }

    /// Passes over so many values; `false` where there are fewer.
    mutating func skip(_ count: Int) -> Bool {
        for _ in 0..<count where next() == nil { return false }
        return true
    }

    /// The length, and where the content begins.
    private func length(at place: Int) -> (Int, Int)? {
        let first = Int(octets[place])
        switch first {
        case 0..<0x80: return (first, place + 1)
        case 0x81 where place + 1 < rest.upperBound: return (Int(octets[place + 1]), place + 2)
        case 0x82 where place + 2 < rest.upperBound:
            return (Int(octets[place + 1]) << 8 | Int(octets[place + 2]), place + 3)
        default: return nil
        }
    }
}
