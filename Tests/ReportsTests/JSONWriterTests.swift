import Foundation
import Testing

@testable import Reports
@testable import Wire

@Suite struct JSONWriterTests {
    private func json(_ body: (inout JSONWriter) -> Void) -> String {
        var writer = JSONWriter()
        body(&writer)
        return String(decoding: writer.octets, as: UTF8.self)
    }

    private func roundTrip(_ text: String) throws -> String {
        let line = json { json in json.object { $0.member("text", text) } }
        return try #require(try parse(line)["text"] as? String)
    }

    @Test func membersComeInOrder() {
        let text = json { json in
            json.line { json in
                json.member("z", 1)
                json.member("a", nil as String?)
                json.memberIfPresent("absent", nil as Int?)
                json.object("o") { json in json.member("t", true) }
                json.array("l") { json in
                    json.value("x")
                    json.object { $0.member("n", Int64.min) }
                    json.array { _ in }
                }
                json.member("m", UInt64.max)
            }
        }
        #expect(
            text == """
                {"z":1,"a":null,"o":{"t":true},"l":["x",{"n":-9223372036854775808},[]],"m":18446744073709551615}

                """)
    }

    @Test func linesFollowEachOtherWithoutCommas() {
        let text = json { json in
            json.line { $0.member("a", 1) }
            json.line { $0.member("a", 2) }
        }
        #expect(text == "{\"a\":1}\n{\"a\":2}\n")
    }

    @Test func escapesWhatJSONAndTerminalsMind() {
        let text = json { json in json.value("\"\\/\n\r\t\u{0}\u{1F}\u{7F}\u{85}\u{9B}\u{2028}\u{2029}\u{202E}\u{FEFF}")
        }
        #expect(
            text == #"""
                "\"\\/\n\r\t\u0000\u001f\u007f\u0085\u009b\u2028\u2029\u202e\ufeff"
                """#)
    }

    @Test func invisibleCharactersBeyondTheFirstPlaneAreSurrogatePairs() throws {
        #expect(json { $0.value("\u{E0041}") } == #""\udb40\udc41""#)
        #expect(try roundTrip("\u{E0041}\u{10FFFF}") == "\u{E0041}\u{10FFFF}")
    }

    @Test(arguments: ["", "a", "Müller…", "a\u{301}", "日本", "😀 x", "ends in \u{0}", String(repeating: "\"", count: 99)])
    func readsBackAsItWas(_ text: String) throws {
        #expect(try Array(roundTrip(text).unicodeScalars) == Array(text.unicodeScalars))
    }

    @Test func everyScalarOfTheFirstPlaneReadsBack() throws {
        let scalars = (UInt32(0)...0xFFFF).compactMap(Unicode.Scalar.init)
        for start in stride(from: 0, to: scalars.count, by: 4096) {
            var text = ""
            text.unicodeScalars.append(contentsOf: scalars[start..<min(start + 4096, scalars.count)])
            #expect(try Array(roundTrip(text).unicodeScalars) == Array(text.unicodeScalars))
        }
    }

    /// Octets of the wire, whatever they are, come out as printable text on one line.
    @Test func allOctetsOfTheWireAreSafe() throws {
        let octets =
            (0...255).map { UInt8($0) } + [0xC0, 0x80, 0xED, 0xA0, 0x80, 0xF4, 0x90, 0x80, 0x80, 0xE2, 0x80, 0xAE]
        let text = Escaping.text(octets.span, limit: octets.count)
        let line = json { json in json.line { $0.member("text", text) } }
        #expect(line.utf8.filter { $0 < 0x20 || $0 == 0x7F } == [0x0A])
        #expect(!line.unicodeScalars.contains { $0.properties.generalCategory == .format })
        #expect(try parse(line)["text"] as? String == text)
    }

    @Test func keysAreEscapedToo() throws {
        let line = json { json in json.object { $0.member("a\"b\n", 1) } }
        #expect(try parse(line).keys.first == "a\"b\n")
    }
}
