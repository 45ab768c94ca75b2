/// A client's certificates as they may be shown: their structure without names, keys and numbers.
struct ClientCertificateDisclosure: ~Escapable {
    private let body: Span<UInt8>
    private var hidden: [Range<Int>] = []

    /// Values in values that are looked into.
    private static let maximumDepth = 16

    /// Of a Certificate message of TLS 1.2 or before (RFC 5246 §7.4.6).
    static func shown(_ message: borrowing HandshakeMessage) -> [Range<Int>] {
        var disclosure = Self(message.body)
        disclosure.readChain()
        var shown: [Range<Int>] = []
        var start = 0
        for range in disclosure.hidden where !range.isEmpty {
            if range.lowerBound > start { shown.append(start..<range.lowerBound) }
            start = range.upperBound
        }
        if start < message.body.count { shown.append(start..<message.body.count) }
        let header = HandshakeMessage.headerSize
        return [0..<header] + shown.map { $0.lowerBound + header..<$0.upperBound + header }
    }

    @_lifetime(copy body)
    private init(_ body: Span<UInt8>) { self.body = body }

    private mutating func readChain() {
        var start = 3
        while start < body.count {
            guard start + 3 <= body.count else { return hide(start..<body.count) }
            let length = Int(body[start]) << 16 | Int(body[start + 1]) << 8 | Int(body[start + 2])
            start += 3
            guard length <= body.count - start else { return hide(start..<body.count) }
            readValues(start..<start + length, 0)
            start += length
        }
    }

    private mutating func hide(_ range: Range<Int>) { hidden.append(range) }

    /// DER values one after the other (X.690 §8.1); what is none is hidden to the end.
    private mutating func readValues(_ range: Range<Int>, _ depth: Int) {
        var start = range.lowerBound
        while start < range.upperBound {
            guard depth < Self.maximumDepth, let content = content(at: start, before: range.upperBound) else {
                return hide(start..<range.upperBound)
            }
            readValue(body[start], content, depth)
            start = content.upperBound
        }
    }

    private mutating func readValue(_ tag: UInt8, _ content: Range<Int>, _ depth: Int) {
        switch tag {
        case _ where tag & 0x20 != 0: readValues(content, depth + 1)
        case 0x01, 0x05, 0x06, 0x17, 0x18: return  // booleans, nothing, names of kinds, times
        case 0x02: if content.count > 2 { hide(content) }
        case 0x03, 0x04:
            // Behind the number of bits that are not used.
            let start = min(content.upperBound, content.lowerBound + (tag == 0x03 ? 1 : 0))
            let inner = start..<content.upperBound
            let holdsValues = !inner.isEmpty && (body[start] == 0x30 || tag == 0x04 && (3...4).contains(body[start]))
            if holdsValues, self.content(at: start, before: inner.upperBound)?.upperBound == inner.upperBound {
                readValues(inner, depth + 1)
            } else {
                hide(inner)
            }
        default: hide(content)
        }
    }

    /// Where the content of the value at `start` lies; `nil` where it is not whole.
    private func content(at start: Int, before end: Int) -> Range<Int>? {
        guard start + 2 <= end, body[start] & 0x1F != 0x1F else { return nil }
        let leading = Int(body[start + 1])
        guard leading & 0x80 != 0 else {
            return leading <= end - start - 2 ? start + 2..<start + 2 + leading : nil
        }
        let count = leading & 0x7F
        guard (1...3).contains(count), start + 2 + count <= end else { return nil }
        var length = 0
        for index in 0..<count { length = length << 8 | Int(body[start + 2 + index]) }
        let begin = start + 2 + count
        return length <= end - begin ? begin..<begin + length : nil
    }
}
