import Foundation

/// Looks for secrets in text, in every form in which a program might let them out.
package struct SecretSearch: Sendable {
    /// Windows of eight octets, as numbers: even a part of a secret counts.
    private var windows: Set<UInt64> = []
    /// One bit per low half of a window: says quickly that a window is none.
    private var filter = [UInt8](repeating: 0, count: 65536)

    package init(_ secrets: [String]) {
        for secret in secrets { add(Array(secret.utf8)) }
    }

    /// Adds a secret of at least eight octets in all its forms.
    package mutating func add(_ secret: [UInt8]) {
        for octets in [secret, Self.utf16(secret)] {
            addWindows(octets)
            for shift in 0..<3 { addWindows(Self.base64(octets, shift)) }
            let hex = octets.map { String(format: "%02x", $0) }
            addWindows(Array(hex.joined().utf8))
            addWindows(Array(hex.joined().uppercased().utf8))
            for sign in ["%", "\\x"] {
                addWindows(Array((sign + hex.joined(separator: sign)).utf8))
                addWindows(Array((sign + hex.map { $0.uppercased() }.joined(separator: sign)).utf8))
            }
        }
        // UTF-16 with its zeros escaped.
        for zero in ["\\x00", "\\u0000", "\\0", "%00"] {
            addWindows(secret.flatMap { [$0] + Array(zero.utf8) })
        }
    }

    /// The first part of a secret that stands in `text`, with what stands around it.
    package func leak(in text: String) -> String? {
        let octets = Array(text.utf8)
        var window: UInt64 = 0
        for index in octets.indices {
            window = window << 8 | UInt64(octets[index])
            guard index >= 7, filter[Int(window & 0xFFFF)] != 0, windows.contains(window) else { continue }
            let around = octets[max(0, index - 60)..<min(octets.count, index + 40)]
            return String(decoding: around, as: UTF8.self)
        }
        return nil
    }

    private mutating func addWindows(_ octets: [UInt8]) {
        guard octets.count >= 8 else { return }
        for start in 0...(octets.count - 8) {
            let window = octets[start..<start + 8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            windows.insert(window)
            filter[Int(window & 0xFFFF)] = 1
        }
    }

    /// The characters that `octets` alone decide where they stand `shift` octets into a larger text.
    private static func base64(_ octets: [UInt8], _ shift: Int) -> [UInt8] {
        let text = Array(Data([UInt8](repeating: 0, count: shift) + octets).base64EncodedString().utf8)
        let first = (shift * 8 + 5) / 6
        let end = (shift + octets.count) * 8 / 6
        return Array(text[first..<end])
    }

    private static func utf16(_ octets: [UInt8]) -> [UInt8] { octets.flatMap { [$0, 0] } }
}
