import ArgumentParser
import Capture
import Findings
import Glibc
import Pipeline
import Reports

@main
struct Earshot: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "earshot",
        abstract: "Shows who could have read your mail: from captured packets, without sending or decrypting any.",
        discussion: """
            Reads .pcap and .pcapng files, puts the TCP streams on the mail ports in order, reads the SMTP dialogue and \
            the TLS handshake, and says for every session who could have read it, how that is known, and what to do.

              earshot -r mail.pcap                      who could have read this mail
              earshot -r a.pcap b.pcap --format jsonl   events for other tools, one a line
              tcpdump -w - port 25 | earshot -r -       from a pipe
              earshot -r mail.pcap -- host 192.0.2.25   a part of it (a BPF expression)
              earshot -i eth0                           alerts from an interface, as they come
              earshot explain starttls-masked           what a finding means
              earshot help analyze                      all options

            Capturing other people's traffic may need authority or notice by law.
            """,
        version: "0.1.0",
        subcommands: [Analyze.self, Watch.self, Explain.self, Rules.self],
        defaultSubcommand: Analyze.self)

    /// Exit status for usage errors and unreadable input is 2, as for every failure.
    static func main() {
        StandardStreams.open()
        // A reader that goes away (| head), or a file that may not grow any more, shall end the output, not the process.
        for number in [SIGPIPE, SIGXFSZ] { _ = signal(number, SIG_IGN) }
        do {
            try HostNames.askNobody()
            var command = try command(arguments(CommandLine.arguments.dropFirst()))
            try command.run()
        } catch let status as ExitCode {
            Glibc.exit(status.rawValue)
        } catch {
            let text = Self.fullMessage(for: error)
            guard Self.exitCode(for: error) == .success else { fail(text) }
            // Help, or the version.
            do { try StandardStreams.writeOutput(text.hasSuffix("\n") ? text : text + "\n") } catch {
                fail(Self.fullMessage(for: error))
            }
            Glibc.exit(ExitStatus.clean.rawValue)
        }
    }

    private static func fail(_ message: String) -> Never {
        let text = Messages.printable(lines: message)
        StandardStreams.writeError(text.hasSuffix("\n") ? text : text + "\n")
        Glibc.exit(ExitStatus.failure.rawValue)
    }
}

extension Earshot {
    /// What the words ask for. The root's parser takes all commands apart to find one of them: where the words name it, its own
    /// is asked first, and the root's says what is wrong, and how to get help.
    private static func command(_ words: [String]) throws -> any ParsableCommand {
        let own: any ParsableCommand.Type = words.first == Watch._commandName ? Watch.self : Analyze.self
        if words.first == own._commandName, let command = try? own.parseAsRoot(Array(words.dropFirst())),
            type(of: command) == own
        {
            return command
        }
        return try parseAsRoot(words)
    }

    /// Spells the command line as the parser takes it: `-r FILE` is an operand like any other, so that inputs keep
    /// their order, and what follows `--` is the BPF expression, as tcpdump's operands are.
    static func arguments(_ given: ArraySlice<String>) throws -> [String] {
        let end = given.firstIndex(of: "--") ?? given.endIndex
        let (before, isReading) = operands(given[..<end])
        let expression = given[end...].dropFirst()
        let isWatching = before.contains { Self.watching.contains($0) || $0.hasPrefix("--interface=") }
        guard !isReading || !isWatching else {
            throw ValidationError("Files and interfaces are not read at the same time. Give -r or -i.")
        }
        guard !isReading || before.first != Watch._commandName else {
            throw ValidationError("watch listens to interfaces (-i). To read files: earshot -r FILE")
        }
        let name = isWatching ? Watch._commandName : Analyze._commandName
        let command = (isReading || isWatching) && before.first != name ? [name] : []
        guard !expression.isEmpty else { return command + before }
        guard !before.contains(where: { $0 == "--filter" || $0.hasPrefix("--filter=") }) else {
            throw ValidationError("The filter stands both in --filter and behind --. Give it once.")
        }
        return command + before + ["--filter", expression.joined(separator: " ")]
    }

    /// What only makes sense for interfaces.
    private static let watching = ["-i", "--interface", "-D", "--list-interfaces"]

    /// Takes `-r` and `--read` away from in front of their files; answers whether there was one.
    private static func operands(_ given: ArraySlice<String>) -> ([String], isReading: Bool) {
        var result: [String] = []
        var isReading = false
        for (index, word) in zip(given.indices, given) {
            if word == "-r" || word == "--read", index + 1 < given.endIndex {
                isReading = true
            } else if word.hasPrefix("--read=") {
                isReading = true
                result.append(String(word.dropFirst("--read=".count)))
            } else {
                result.append(word)
            }
        }
        return (result, isReading)
    }
}

/// The process's own streams.
enum StandardStreams {
    /// Takes the places of those that are closed: a file or a socket that is opened later would stand there, and be written to.
    /// Reading from and writing to what is put there fails.
    static func open() {
        for (descriptor, way) in [(STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_RDONLY)] {
            guard fcntl(descriptor, F_GETFD) < 0, errno == EBADF else { continue }
            // The lowest place that is free, which is this one.
            if unsafe Glibc.open("/dev/null", way) != descriptor { abort() }
        }
    }

    static var outputIsTerminal: Bool { isatty(STDOUT_FILENO) == 1 }
    static var errorIsTerminal: Bool { isatty(STDERR_FILENO) == 1 }

    /// Columns of the terminal on stdout, where it is one.
    static var columns: Int? {
        var size = winsize()
        guard unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col >= 40 else { return nil }
        return Int(size.ws_col)
    }

    /// Processors that are online; at most as many as can be of use.
    static var processors: Int { max(1, min(sysconf(Int32(_SC_NPROCESSORS_ONLN)), RunOptions.maximumThreads)) }

    static func environment(_ name: String) -> String? {
        guard let value = unsafe getenv(name) else { return nil }
        return unsafe String(cString: value)
    }

    static func writeError(_ text: String) {
        var sink = OutputSink(descriptor: STDERR_FILENO)
        // Nobody is left to tell when stderr itself is gone.
        try? sink.write(text)
        try? sink.flush()
    }

    static func writeOutput(_ text: String) throws {
        var sink = OutputSink(descriptor: STDOUT_FILENO)
        do throws(OutputError) {
            try sink.write(text)
            try sink.flush()
        } catch {
            guard error != .closed else { return }
            throw ValidationError("results cannot be written: \(error)")
        }
    }

    /// Colour on a terminal, unless the user asked for none (no-color.org).
    static var reportOptions: ReportOptions {
        let colour = outputIsTerminal && (environment("NO_COLOR") ?? "").isEmpty && environment("TERM") != "dumb"
        return ReportOptions(colour: colour, width: columns ?? ReportOptions.defaultWidth)
    }
}
