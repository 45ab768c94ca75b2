import ArgumentParser

@main
struct Earshot: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Shows who could have read your mail.")
}
