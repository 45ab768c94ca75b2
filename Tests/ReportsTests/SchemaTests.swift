import Foundation
import Testing

@testable import Findings
@testable import Reports
@testable import Sessions
@testable import Wire

/// The events keep the promise of docs/events.schema.json.
@Suite struct SchemaTests {
    private static let path = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "docs/events.schema.json").path

    /// Reads events from standard input; prints what the schema minds, one line each.
    private static let validator = """
        import json, sys
        from jsonschema import Draft202012Validator
        schema = json.load(open(sys.argv[1]))
        Draft202012Validator.check_schema(schema)
        for number, line in enumerate(sys.stdin):
            event = json.loads(line)
            narrow = {**schema, "oneOf": [{"$ref": "#/$defs/" + event["event_type"] + "_event"}]}
            for error in Draft202012Validator(narrow).iter_errors(event):
                for part in error.context or [error]:
                    print(number, list(part.absolute_path), part.message[:300])
        """

    private static let hasValidator = (try? python(["-c", "import jsonschema"], input: ""))?.status == 0

    private static func python(_ arguments: [String], input: String) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3"] + arguments
        let (sent, received) = (Pipe(), Pipe())
        process.standardInput = sent
        process.standardOutput = received
        process.standardError = received
        try process.run()
        try sent.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        try sent.fileHandleForWriting.close()
        let output = try received.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }

    /// Events of every kind and shape.
    private static func events() throws -> [String] {
        var vlan = Sample.plaintext()
        vlan.vlans = [7]
        vlan.transport.reset = Observed(.server, in: FrameNumber(23))
        vlan.transport.state = .timedOut
        var foreign = Sample.plaintext()
        foreign.application = .notMail
        foreign.smtp = nil
        let live = ReportOptions(showAddresses: true, sensorName: "mx1", isLive: true)
        var all = try lines(Sample.judgedPlaintext()) + lines(Sample.judgedPlaintext(), options: live)
        all += try lines(Sample.judged(Sample.encrypted(), .sealed, [Sample.postQuantum()]))
        all += try lines(Sample.judged(Sample.older(), .sealed)) + lines(Sample.judged(Sample.cut(), .unknown))
        all += try lines(Sample.judged(Sample.refused(), .unknown))
        all += try lines(Sample.judged(vlan, .local)) + lines(Sample.judged(foreign, .idle))
        var sink = OutputSink.inMemory()
        var writer = EventWriter(options: ReportOptions(), inputs: Sample.inputs)
        try writer.write(Sample.credentials(), on: HopKey(vlan), at: Sample.time, to: &sink)
        try writer.write(Sample.credentials(), at: Sample.time, to: &sink)
        try writer.write(Finding(Sample.card, Finding.Draft("x", [])), at: Sample.time, to: &sink)
        try writer.write(stats: Sample.summary(), to: &sink)
        try writer.write(stats: CaptureSummary(), to: &sink)
        var counted = CaptureSummary()
        counted.counters = CounterTests.counters()
        try writer.write(stats: counted, to: &sink)
        return all + sink.collected.split(separator: "\n").map(String.init)
    }

    @Test(
        .enabled(
            if: hasValidator, "python3 with jsonschema is not installed: events are NOT checked against the schema"))
    func eventsAreValid() throws {
        let events = try Self.events()
        let input = events.joined(separator: "\n") + "\n"
        let result = try Self.python(["-c", Self.validator, Self.path], input: input)
        #expect(result.output == "" && result.status == 0)
    }

    /// A schema that lets everything pass would prove nothing.
    @Test(
        .enabled(if: hasValidator, "python3 with jsonschema is not installed"),
        arguments: [
            (#""verdict":"open""#, #""verdict":"fine""#),
            (#""gaps":0"#, #""gaps":0,"extra":1"#),
            (#""first_frame":1,"#, ""),
            (#""proto":"TCP""#, #""proto":"TCP","novel":1"#),
            (#""reply_code":235"#, #""reply_code":"235""#),
            (#"456+0000","flow_id""#, #"456Z","flow_id""#),
        ])
    func mistakesAreCaught(_ right: String, _ wrong: String) throws {
        let flow = try #require(try lines(Sample.judgedPlaintext()).last)
        #expect(flow.contains(right))
        let input = flow.replacing(right, with: wrong) + "\n"
        #expect(try Self.python(["-c", Self.validator, Self.path], input: input).output != "")
    }

    /// The same without Python, as far as names go: every member of `mail_tls` is declared, none that is required is
    /// missing.
    @Test func namesAreDeclared() throws {
        let schema = try parse(String(contentsOfFile: Self.path, encoding: .utf8))
        let definitions = try #require(schema["$defs"] as? [String: [String: Any]])
        for event in try Self.events().map(parse) {
            let type = try #require(event["event_type"] as? String)
            let declared = try #require(definitions["\(type)_event"]?["properties"] as? [String: Any])
            let own = try #require(declared["mail_tls"] as? [String: Any])
            let base = own["$ref"] == nil ? [:] : definitions["negotiation"] ?? [:]
            let members = Set(try #require(event["mail_tls"] as? [String: Any]).keys)
            #expect(members.isSubset(of: Self.names(own, "properties").union(Self.names(base, "properties"))))
            #expect(Self.names(own, "required").union(Self.names(base, "required")).isSubset(of: members))
        }
    }

    private static func names(_ schema: [String: Any], _ key: String) -> Set<String> {
        if let object = schema[key] as? [String: Any] { return Set(object.keys) }
        return Set(schema[key] as? [String] ?? [])
    }
}
