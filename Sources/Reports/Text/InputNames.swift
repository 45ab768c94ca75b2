import Wire

/// The inputs by their names, as the user gave them, in the order of `FrameNumber.file`.
struct InputNames: Sendable {
    let names: [String]

    subscript(frame: FrameNumber) -> String {
        Int(frame.file) < names.count ? names[Int(frame.file)] : "input \(frame.file)"
    }
}
