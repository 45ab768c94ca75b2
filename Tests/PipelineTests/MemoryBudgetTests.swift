import Reports
import Support
import Testing

@testable import Pipeline
@testable import Wire

/// What `--memory` says is the sum of everything that the wire can make grow.
@Suite struct MemoryBudgetTests {
    @Test(arguments: [16 << 20, (20 << 20) + 1, 64 << 20, 256 << 20, 1 << 30, 64 << 30])
    func theSumStaysWithinIt(_ total: Int) {
        let budget = MemoryBudget(total: total)
        let parts = [
            budget.state, budget.certificates, budget.held, budget.remembered, budget.halfOpen * HalfOpenTable.cost,
            budget.closedFlows * ClosedFlows.cost, budget.hops, budget.fragments, budget.paths,
        ]
        #expect(parts.allSatisfy { $0 > 0 })
        let sum = parts.reduce(0, +)
        #expect(sum <= total && sum > total / 100 * 90, "\(sum) of \(total): \(parts)")
    }

    @Test func everyPartFollowsIt() {
        let small = MemoryBudget(total: 64 << 20)
        let large = MemoryBudget(total: 256 << 20)
        #expect(large.fragments == 4 * small.fragments && large.paths == 4 * small.paths)
        #expect(large.state == 4 * small.state && large.closing == 4 * small.closing)
        #expect(large.certificates == 4 * small.certificates)
    }

    // MARK: One decoder

    private static let lone = [BuiltFrame](
        (0..<6000 as Range<UInt32>).map { number in
            var talk = Conversation(clientPort: UInt16(10_000 + number))
            talk.send([UInt8](repeating: 0x61, count: 1300), from: .client)
            let packet = PacketBuilder().packet(talk.segments[0])
            // The last part never comes.
            let parts = Fragments(of: packet, every: 640, number)?.all.dropLast() ?? []
            return parts.map { PacketBuilder().frame($0, at: talk.time) }
        }.joined())

    @Test(arguments: [MemoryBudget.least, MemoryBudget(total: 64 << 20)])
    func incompletePacketsStayWithinTheirPart(_ memory: MemoryBudget) {
        let part = memory.fragments / RunOptions.maximumThreads
        var decoder = PacketDecoder(ports: PortSet([25...25]), fragmentBudget: part, pathBudget: 1 << 20)
        var largest = 0
        for frame in Self.lone {
            _ = try? decoder.decode(
                frame.octets.span, linkType: .ethernet, at: Timestamp(nanoseconds: frame.nanoseconds))
            largest = max(largest, decoder.fragmentCost)
        }
        #expect(largest > part / 2 && largest <= part)
        #expect(decoder.counters.notReassembled == 6000)
        // What still waits was not given up.
        #expect(decoder.counters.evictedFragments > 1000 && decoder.counters.evictedFragments < 6000)
    }

    @Test func pathsStayWithinTheirPart() {
        var decoder = PacketDecoder(ports: PortSet([25...25]), fragmentBudget: 1 << 20, pathBudget: 100_000)
        var talk = Conversation()
        talk.open()
        for network in 0..<3000 as Range<UInt32> {
            let frame = PacketBuilder(in: Wrap.vxlan(network)).frames(talk.segments[0], number: 1)[0]
            _ = try? decoder.decode(frame.octets.span, linkType: .ethernet, at: Timestamp(nanoseconds: 0))
        }
        #expect(decoder.paths.cost > 90_000 && decoder.paths.cost <= 100_000)
        #expect(decoder.paths.count > 200)
        #expect(decoder.counters.unnamedPaths == UInt64(3000 - decoder.paths.count))
    }

    // MARK: Many workers

    /// What is given up for memory does not depend on how many workers there are.
    @Test func theyForgetTheSameHoweverManyThereAre() throws {
        var talk = Conversation(clientPort: 40_000)
        talk.step = 1
        Dialogue.full.speak(&talk)
        let frames = Self.lone + PacketBuilder(in: Wrap.fragments(of: 32)).frames(talk.segments)
        try Observer.withTemporaryFile(CaptureFileFormat.pcap.file(frames, .ethernet)) { path in
            let outputs = [1, 2, 3, RunOptions.maximumThreads].map { threads in
                var options = RunOptions(
                    inputs: [path], report: ReportOptions(),
                    tracker: TrackerOptions(
                        ports: PortSet([25...25, 587...587]), implicitTLSPorts: PortSet([465...465]),
                        memory: .least))
                options.memory = .least
                options.format = .jsonl
                options.threads = threads
                var run = Run(options, sink: OutputSink.inMemory(), messages: Messages { _ in })
                _ = run.execute()
                return run.takeSink().collected
            }
            #expect(outputs[0].contains("\"not_reassembled\":6000"))
            #expect(outputs[0].contains("\"event_type\":\"flow\""))
            #expect(outputs.allSatisfy { $0 == outputs[0] })
        }
    }
}
