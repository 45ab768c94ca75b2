import Foundation

/// The project's own captures.
enum Samples {
    static let paths: [String] = {
        let folder = SharedCaptures.packageRoot.appendingPathComponent("captures").path
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0.hasSuffix(".pcap") || $0.hasSuffix(".pcapng") }.sorted().map { "\(folder)/\($0)" }
    }()
}
