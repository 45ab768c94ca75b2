import Foundation

/// Real captures that lie beside the project, never in it: `../shared/captures` from the package's root, or the folder
/// that the environment names.
enum SharedCaptures {
    static let variable = "EARSHOT_SHARED_CAPTURES"

    static let root: URL = {
        if let path = ProcessInfo.processInfo.environment[variable], !path.isEmpty {
            return URL(fileURLWithPath: path, isDirectory: true)
        }
        return packageRoot.deletingLastPathComponent().appendingPathComponent("shared/captures", isDirectory: true)
    }()

    static let packageRoot: URL = {
        var folder = URL(fileURLWithPath: #filePath)
        for _ in 0..<4 { folder.deleteLastPathComponent() }
        return folder
    }()

    /// The captures of a folder by their names (`mail/zeek-smtp.pcap`), sorted; `nil`, and a line that says so, where
    /// the folder is absent. `count` is how many there are when it is not.
    static func names(in folder: String, count: Int) -> [String]? {
        guard let files = try? FileManager.default.contentsOfDirectory(atPath: path(folder)), !files.isEmpty else {
            skipAbsent(count)
            return nil
        }
        return files.filter { !$0.hasPrefix(".") }.sorted().map { "\(folder)/\($0)" }
    }

    static func path(_ name: String) -> String { root.appendingPathComponent(name).path }

    static var areAbsent: Bool { !FileManager.default.fileExists(atPath: root.path) }

    static func skipAbsent(_ count: Int) {
        let what = count == 1 ? "1 capture of ../shared/captures is" : "\(count) captures of ../shared/captures are"
        skip("\(what) absent (\(variable) names another folder)")
    }

    static func skip(_ what: String) { print("SKIPPED: \(what)") }
}
