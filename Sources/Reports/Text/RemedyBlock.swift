import Findings

extension Page {
    /// A step, whose job it is, and the lines to paste for each program.
    mutating func remedy(_ remedy: Remedy, indent: Int) {
        paragraph("To \(remedy.purpose) (\(remedy.job.name)):", indent: indent)
        for setting in remedy.settings {
            paragraph("\(setting.program.rawValue), \(setting.place)", indent: indent + 2, style: .notice)
            for line in setting.lines.split(separator: "\n", omittingEmptySubsequences: false) {
                self.line(line.isEmpty ? "" : Self.spaces(indent + 6) + line)
            }
        }
    }
}
