import Findings
import Reports
import Sessions
import Wire

/// Findings told while their sessions go on, each once.
extension BlockWorker {
    /// Judges sessions that show something new, and tells what they prove.
    mutating func tellEarly() {
        for place in shards.indices {
            for (var session, connection) in shards[place].tracker.takeChanged() {
                chains.review(&session)
                var new = takeNew(judge.judgeOpen(session).findings, of: session)
                tell(new, of: session)
                if remembersHops, let hop = shards[place].retries.foreseen(session) {
                    new += tell(of: hop, at: session.transport.end)
                }
                guard !new.isEmpty else { continue }
                var part =
                    options.evidence?.keeps(new) == true ? shards[place].tracker.takeEvidencePart(connection) : nil
                part?.findings = new
                noteWritten(part)
            }
        }
    }

    /// Tells what is left of a session that is over.
    mutating func tellRest(_ judged: JudgedSession) {
        tell(takeNew(judged.findings, of: judged.session), of: judged.session)
        told[judged.session.id] = nil
        guard writesEvents else { return }
        events.append(ofEnded: judged, to: &outcome.text)
    }

    /// What was written is complete by itself, and so are the packets that belong to it.
    private mutating func noteWritten(_ evidence: EvidenceRecord? = nil) {
        outcome.entries.append(
            Outcome.Entry(
                order: .with(packets), shard: numbers[0], textEnd: outcome.text.count, observation: .nothing,
                undecided: [],
                evidence: evidence.map { [$0] } ?? []))
    }

    /// Findings of a session that were not told before; they count as told from now on.
    private mutating func takeNew(_ findings: [Finding], of session: MailSession) -> [Finding] {
        guard !findings.isEmpty else { return [] }
        var known = told[session.id] ?? ToldFindings()
        let new = findings.filter { known.isNew($0) }
        for finding in new { known.add(finding) }
        told[session.id] = known
        return new
    }

    /// Writes those of a session's findings that are not just counted.
    private mutating func tell(_ findings: [Finding], of session: MailSession) {
        guard !findings.isEmpty else { return }
        let hop = HopKey(session)
        let admitted = findings.filter { limiter.admits($0, on: hop, at: session.transport.end) }
        guard !admitted.isEmpty else { return }
        if writesEvents {
            events.append(alerts: admitted, of: session, to: &outcome.text)
        } else if options.writesAlerts {
            for finding in admitted {
                let text = alerts.render(finding, session.client.address, session.server, at: session.transport.end)
                outcome.text.append(contentsOf: text.utf8)
            }
        }
    }

    /// Open connections, and what was told of their sessions: it is counted when they end.
    var goingOn: CaptureSummary.GoingOn {
        CaptureSummary.GoingOn(
            connections: shards.reduce(0) { $0 + $1.tracker.flows.count },
            findings: told.values.reduce(0) { $0 + $1.count })
    }

    // MARK: Hops

    /// Tells what several sessions of a hop prove together, where it was not told in the same words before; answers what
    /// was not.
    @discardableResult
    mutating func tell(of hop: Hop, at time: Timestamp) -> [Finding] {
        var new: [Finding] = []
        for finding in judge.conclude(hop, at: time).findings {
            switch toldOfHops[hop.key, default: ToldOfHop()].add(finding) {
            case .known: continue
            case .new: summary.add(finding)
            case .more: summary.note(finding.severity)
            }
            new.append(finding)
            guard limiter.admits(finding, on: hop.key, at: time) else { continue }
            if writesEvents {
                events.append(finding, on: hop.key, at: time, to: &outcome.text)
            } else if options.writesAlerts {
                let text = alerts.render(finding, hop.key.client, hop.key.server, at: time)
                outcome.text.append(contentsOf: text.utf8)
            }
        }
        return new
    }

    /// How often hops are looked through for what is settled, in nanoseconds.
    private static let settlingInterval: Int64 = 60_000_000_000

    /// Forgets hops on which nothing remembered means anything any more, so that there is room for others.
    private mutating func forgetSettled(_ now: Timestamp) {
        if let last = lastSettling, abs(now.since(last)) < Self.settlingInterval { return }
        lastSettling = now
        for place in shards.indices {
            for hop in shards[place].retries.takeSettled(at: now) {
                summary.suppress(judge.conclude(hop, at: now).suppressed)
                toldOfHops[hop.key] = nil
            }
        }
    }

    // MARK: Losses

    /// Packets were lost before `time`, by the clock that stamps them.
    mutating func noteLoss(until time: Timestamp) -> Outcome {
        for place in shards.indices { shards[place].tracker.noteLoss(until: time) }
        return takeOutcome()
    }

    // MARK: Time

    /// Time has gone by without packets: ends what has been silent for too long, and tells what was counted in whiles
    /// that are over.
    mutating func tick(_ clock: CaptureClock, hasLeapt: Bool) -> Outcome {
        if hasLeapt { notePause(clock) }
        guard let now = clock.now else { return takeOutcome() }
        for place in shards.indices {
            shards[place].tracker.expire(now, isTick: true)
            judgeFinished(place, .behind(packets))
        }
        forgetSettled(now)
        tellRepeated(limiter.takeSummaries(at: clock.believed))
        return takeOutcome()
    }

    /// Tells what was counted and not told, at the end.
    mutating func tellLast() -> Outcome {
        tellRepeated(limiter.takeSummaries(at: nil))
        return takeOutcome()
    }

    private mutating func tellRepeated(_ summaries: [RepeatLimiter.Summary]) {
        for summary in summaries {
            if writesEvents {
                events.append(
                    repeated: summary.finding, on: summary.hop, count: summary.count, at: summary.time,
                    to: &outcome.text)
            } else if options.writesAlerts {
                let text = alerts.render(
                    summary.finding, summary.hop.client, summary.hop.server, at: summary.time,
                    repeated: summary.count)
                outcome.text.append(contentsOf: text.utf8)
            }
            noteWritten()
        }
    }
}

/// What was told of a session: a rule speaks again when it has something worse to say.
struct ToldFindings: Sendable {
    private var severities: [Int: Severity] = [:]

    var count: Int { severities.count }

    func isNew(_ finding: Finding) -> Bool {
        severities[finding.card.signatureID].map { $0 < finding.severity } ?? true
    }

    mutating func add(_ finding: Finding) { severities[finding.card.signatureID] = finding.severity }
}

/// What was told of a hop: the latest sentence of each rule, which counts how often it happened.
struct ToldOfHop: Sendable {
    private var sentences: [Int: String] = [:]

    enum Novelty {
        case new, more, known
    }

    /// How new a finding is, which counts as told from now on.
    mutating func add(_ finding: Finding) -> Novelty {
        let before = sentences.updateValue(finding.sentence, forKey: finding.card.signatureID)
        return before == nil ? .new : before == finding.sentence ? .known : .more
    }
}
