import Foundation

/// Text that is compared with a file. With `EARSHOT_ACCEPT=1` in the environment the file is written anew.
package enum Golden {
    package static var accepts: Bool { ProcessInfo.processInfo.environment["EARSHOT_ACCEPT"] == "1" }

    /// The first difference between `text` and the file `name` in the folder `Golden` beside the calling test.
    package static func difference(_ text: String, from name: String, testFile: String = #filePath) throws -> String? {
        let url = URL(fileURLWithPath: testFile).deletingLastPathComponent().appendingPathComponent("Golden/\(name)")
        if accepts {
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: url)
            return nil
        }
        let expected = try String(decoding: Data(contentsOf: url), as: UTF8.self)
        return text == expected ? nil : difference(expected, text, name)
    }

    /// The first line that differs, as expected and as it is.
    private static func difference(_ expected: String, _ actual: String, _ name: String) -> String {
        let old = expected.split(separator: "\n", omittingEmptySubsequences: false)
        let new = actual.split(separator: "\n", omittingEmptySubsequences: false)
        let index = zip(old, new).enumerated().first { $1.0 != $1.1 }?.offset ?? min(old.count, new.count)
        let was = index < old.count ? String(old[index]) : "(end)"
        let now = index < new.count ? String(new[index]) : "(end)"
        return "\(name), line \(index + 1)\nexpected: \(was)\nis:       \(now)\nEARSHOT_ACCEPT=1 accepts the new text."
    }
}
