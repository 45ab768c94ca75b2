import Wire

extension SessionReader {
    /// A number that changes when a fact does from which something could follow: who watches a connection while it is
    /// open asks again what its session shows when this is another one than before.
    public mutating func milestone() -> UInt64 {
        var mark = Mark()
        mark.add(dialogue.facts)
        mark.add(dialogue.startTLS)
        if let facts = tls?.facts { mark.add(facts) }
        return mark.value
    }

    private struct Mark {
        var value: UInt64 = 0xCBF2_9CE4_8422_2325

        mutating func add(_ number: Int) { value = (value ^ UInt64(truncatingIfNeeded: number)) &* 0x100_0000_01B3 }

        mutating func add(_ flag: Bool) { add(flag ? 1 : 0) }

        mutating func add(_ facts: SMTPFacts) {
            add(Int(truncatingIfNeeded: facts.ehlo?.frame.order ?? 0))
            add(facts.ehloRefused != nil)
            add(facts.authentications.count)
            if let latest = facts.authentications.last {
                add(latest.clientLines)
                add(latest.response != nil)
                add(Int(latest.reply?.value.rawValue ?? 0))
            }
            add(facts.mailCommands)
            add(facts.rcptCommands)
            add(facts.firstContent != nil)
            add(facts.messagesAccepted)
            add(facts.quit != nil)
        }

        mutating func add(_ facts: StartTLSFacts) {
            add(facts.requests)
            add(Int(facts.reply?.value.code.rawValue ?? 0))
            add(facts.pipelined != nil)
            switch facts.afterReady {
            case .nothing: add(0)
            case .notObservable: add(1)
            case .tls: add(2)
            case .quit: add(3)
            case .plaintext(_, let answered): add(answered ? 5 : 4)
            }
        }

        mutating func add(_ facts: TLSFacts) {
            add(facts.hello != nil)
            add(facts.serverHello != nil)
            add(facts.leaf != nil)
            add(facts.serverKeyExchange != nil)
            add(facts.alerts.count)
            add(facts.completed.map { $0 ? 2 : 1 } ?? 0)
            add(facts.failure != nil)
        }
    }
}
