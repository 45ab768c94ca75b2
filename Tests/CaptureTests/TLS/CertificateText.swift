import Foundation
import Support

/// A certificate as openssl reads it.
struct CertificateText {
    let subject: String
    /// `2013-09-09 11:32:35Z`.
    let notBefore: String
    let notAfter: String

    /// `nil` where openssl cannot read it either. `der` is hexadecimal.
    init?(_ der: String, by openssl: Tool) throws {
        let arguments = [
            "x509", "-inform", "DER", "-noout", "-subject", "-startdate", "-enddate", "-dateopt", "iso_8601",
            "-nameopt", "RFC2253,-esc_msb,utf8",
        ]
        let outcome = try openssl.run(arguments, input: Data(hexadecimal: der))
        guard outcome.status == 0 else { return nil }
        func value(_ name: String) -> String {
            let line = outcome.output.split(separator: "\n").first { $0.hasPrefix("\(name)=") }
            return String(line?.dropFirst(name.count + 1) ?? "")
        }
        // RFC 4514 §3 writes STREET in capitals; control characters have an escape of our own.
        subject = value("subject").replacing(",street=", with: ",STREET=").replacing("\\00", with: "\\x00")
        notBefore = value("notBefore")
        notAfter = value("notAfter")
    }
}

extension Data {
    init(hexadecimal text: String) {
        var octets: [UInt8] = []
        var high: UInt8?
        for digit in text.utf8 {
            guard let value = Character(UnicodeScalar(digit)).hexDigitValue.map(UInt8.init) else { continue }
            if let first = high {
                octets.append(first << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        self.init(octets)
    }
}
