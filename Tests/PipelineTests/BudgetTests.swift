import Findings
import Pipeline
import Sessions
import Support
import Testing
import Wire

@Suite struct BudgetTests {
    @Test(arguments: [("64M", 64 << 20), ("1g", 1 << 30), ("32MiB", 32 << 20), ("20000000", 20_000_000)])
    func readsSizes(_ text: String, octets: Int) {
        #expect(MemoryBudget(text)?.total == octets)
    }

    @Test(arguments: ["", "M", "15M", "-1G", "64T", "1.5G", "99999999999999999999", "9999999999G", "0"])
    func refusesWhatIsNoSize(_ text: String) {
        #expect(MemoryBudget(text) == nil)
    }

    /// Many connections that say one octet each; between them real ones, of which none may be lost.
    @Test func connectionsWithoutMailMakeRoomForThoseWithMail() {
        var segments: [Segment] = []
        var real: [[Segment]] = []
        for number in 0..<40 as Range<UInt16> {
            var talk = Conversation(clientPort: 20_000 + number, at: Conversation.start)
            talk.step = 1_000_000_000
            Dialogue.brief.speak(&talk)
            real.append(talk.segments)
        }
        for number in 0..<6000 as Range<UInt16> {
            var lone = Conversation(
                clientPort: 30_000 + number, at: Conversation.start + 3_500_000_000 + Int64(number) * 1_000)
            lone.step = 1
            lone.open()
            lone.send([0x45], from: .client)
            segments += lone.segments
        }
        segments = (segments + real.flatMap { $0 }).enumerated()
            .sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }.map(\.element)
        var options = Observer.options
        options.stateBudget = 1 << 20
        let (sessions, counters) = Observer.observe(segments, options: options)
        let mail = sessions.filter { $0.smtp?.mailCommands == 1 }
        #expect(mail.count == 40)
        #expect(mail.allSatisfy { $0.transport.state == .closed })
        #expect(counters.evicted > 3000)
    }

    /// Many connections of one command each; new ones among them, none of which may be lost before it has said anything.
    @Test func connectionsWithALineOfMailDoNotPushOutNewOnes() {
        var segments: [Segment] = []
        for number in 0..<4000 as Range<UInt16> {
            var lone = Conversation(clientPort: 30_000 + number, at: Conversation.start + Int64(number) * 10_000_000)
            lone.step = 1
            lone.open()
            lone.c("EHLO client.example.org")
            segments += lone.segments
        }
        for number in 0..<20 as Range<UInt16> {
            var talk = Conversation(
                clientPort: 20_000 + number, at: Conversation.start + 20_000_000_000 + Int64(number) * 500_000_003)
            talk.step = 20_000_000
            Dialogue.brief.speak(&talk)
            segments += talk.segments
        }
        segments = segments.enumerated()
            .sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }.map(\.element)
        var options = Observer.options
        options.stateBudget = 1 << 20
        let (sessions, counters) = Observer.observe(segments, options: options)
        let mail = sessions.filter { $0.smtp?.mailCommands == 1 }
        #expect(mail.count == 20)
        // One that was given up begins anew with its next packet.
        #expect(mail.allSatisfy { $0.transport.state == .closed && $0.smtp?.greeting != nil })
        #expect(counters.evicted > 2500)
    }

    /// Who holds the most pays when the octets of all are too many.
    @Test func theLargestHolderPaysForAFullHoldBack() throws {
        var greedy = Conversation(clientPort: 20_000)
        greedy.open()
        greedy.s("220 mx.example.org ESMTP")
        greedy.lose(1, from: .client)
        for _ in 0..<40 { greedy.send(Array(repeating: 0x61, count: 1000), from: .client) }
        var modest = Conversation(clientPort: 20_001, at: greedy.time)
        modest.open()
        modest.s("220 mx.example.org ESMTP")
        modest.c("EHLO client.example.org")
        let late = modest.segments.count - 1
        modest.c("NOOP")
        modest.s("250 mx.example.org", "250 ok")
        modest.close()
        var segments = modest.segments
        // The command comes behind what follows it, within the time that is waited.
        let command = segments.remove(at: late)
        segments.insert(command, at: segments.count - 3)
        var options = Observer.options
        options.heldBudget = 40_000
        let (sessions, counters) = Observer.observe((greedy.segments + segments).restamped(), options: options)
        #expect(counters.holdBackOverflows > 0)
        let spared = try #require(sessions.first { $0.client.port == 20_001 })
        #expect(spared.transport.gapCount == 0)
        #expect(spared.smtp?.clientName?.value.full == "client.example.org")
    }

    @Test func hopsBeyondTheirMemoryAreCounted() {
        var table = HopTable(budget: 10_000)
        var judge = Judge()
        var sessions: [MailSession] = []
        for number in 0..<30 as Range<UInt16> {
            var talk = Conversation(port: 1000 + number, clientPort: 20_000 + number)
            talk.open()
            talk.s("220 mx.example.org ESMTP")
            talk.c("EHLO client.example.org")
            talk.s("250 mx.example.org")
            talk.close()
            var options = Observer.options
            options.ports = PortSet([1000...1100])
            sessions += Observer.observe(talk.segments, options: options).sessions
        }
        #expect(sessions.count == 30)
        for session in sessions { table.add(judge.judge(session)) }
        #expect(table.count > 1)
        #expect(table.hopsNotItemized == 30 - table.count)
    }

    /// Every bound of a dialogue that was reached is told.
    @Test func whatDoesNotFitOfADialogueIsTold() throws {
        var talk = Conversation()
        talk.open()
        talk.s("220 mx.example.org ESMTP")
        talk.c("EHLO client.example.org")
        talk.s("250 mx.example.org")
        talk.c("NOOP " + String(repeating: "x", count: 5000))
        talk.s("250 " + String(repeating: "y", count: 5000))
        for _ in 0..<1200 { talk.c("NOOP") }
        talk.close()
        // In pieces: a line that lies whole in its packet is read there, whatever its length.
        let whole = try Observer.run(PacketBuilder().frames(talk.segments.split(every: 1000)), format: .summary)
        #expect(whole.output.contains("2 lines longer than is kept of one"), "\(whole.output)")
        #expect(whole.output.contains("1 session with more commands waiting for replies than are kept"))
        var waiting = Conversation()
        waiting.open()
        waiting.s("220 mx.example.org ESMTP")
        waiting.c("EHLO client.example.org")
        waiting.s("250 mx.example.org")
        waiting.c("MAIL FROM:<a@example.org>")
        waiting.s("250 ok")
        waiting.c("RCPT TO:<b@example.org>")
        waiting.s("250 ok")
        waiting.c("DATA")
        for _ in 0..<100 { waiting.c(String(repeating: "z", count: 1200)) }
        waiting.close()
        let forced = try Observer.run(PacketBuilder().frames(waiting.segments), format: .summary)
        #expect(forced.output.contains("1 time a client's octets were read without the reply"), "\(forced.output)")
    }
}
