import ArgumentParser
import Foundation

/// `workload NAME…`: captures of any size, with what is true of each session beside them.
@main
struct Workload: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "workload",
        abstract: "Stamps out captures from the project's recordings, with the truth of every session.",
        discussion: """
            Writes NAME.pcap, NAME.tsv (kind, client address and port, server address and port, packets never seen) and \
            NAME.json (sums). The same arguments give the same octets.

            \(Recipe.all.map { "  \($0.name.padding(toLength: 6, withPad: " ", startingAt: 0)) \($0.summary)" }
                .joined(separator: "\n"))
            """)

    @Argument(help: "Names of workloads; all but loris and open unless given.")
    var names: [String] = []

    @Option(help: "Folder to write to.")
    var out = "."

    @Option(help: "Folder with the project's recordings.")
    var recordings = "captures"

    @Option(help: "Multiplies the number of sessions; 1 makes about a gigabyte of W1.")
    var scale = 0.02

    @Option(help: "Another seed than the workload's own.")
    var seed: UInt64?

    @Option(help: ArgumentHelp("Begin so many seconds later.", valueName: "seconds"))
    var later: UInt64 = 0

    @Option(help: ArgumentHelp("Another name for the files of a single workload.", valueName: "name"))
    var name: String?

    func run() throws {
        let wanted = names.isEmpty ? Recipe.all.map(\.name).filter { $0.hasPrefix("W") } : names
        guard scale > 0, scale <= 1000 else { throw ValidationError("--scale is more than 0 and at most 1000.") }
        guard name == nil || wanted.count == 1 else { throw ValidationError("--name is for a single workload.") }
        try FileManager.default.createDirectory(atPath: out, withIntermediateDirectories: true)
        for wanted in wanted {
            guard var recipe = Recipe.all.first(where: { $0.name == wanted })?.scaled(by: scale) else {
                throw ValidationError("There is no workload '\(wanted)'.")
            }
            if let seed { recipe.seed = seed }
            let base = "\(out)/\(name ?? wanted)"
            let stamper = try Stamper(recipe, recordings: recordings, into: base, offset: later * 1_000_000)
            try stamper.stamp(base + ".pcap")
        }
    }
}
