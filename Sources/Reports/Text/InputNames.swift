import Wire

/// The inputs by their names, as the user gave them, in the order of `FrameNumber.file`.
struct InputNames: Sendable {
    let all: [String]
    /// The names without their folders, where that still tells them apart.
    private let short: [String]

    init(names: [String]) {
        all = names
        let leaves = names.map { String($0.split(separator: "/").last ?? Substring($0)) }
        short = Set(leaves).count == Set(names).count ? leaves : names
    }

    subscript(frame: FrameNumber) -> String { Self.name(frame, in: all) }

    /// For people: a name that fits on a line.
    func short(_ frame: FrameNumber) -> String { Self.name(frame, in: short) }

    private static func name(_ frame: FrameNumber, in names: [String]) -> String {
        Int(frame.file) < names.count ? names[Int(frame.file)] : "input \(frame.file)"
    }
}
