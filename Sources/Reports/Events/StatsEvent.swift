import Findings
import Sessions
import Wire

extension EventEncoder {
    /// The closing event of a run.
    func stats(_ summary: CaptureSummary, into json: inout JSONWriter) {
        json.line { json in
            json.member("timestamp", CalendarTime(summary.end ?? Timestamp(nanoseconds: 0)).eve)
            json.member("event_type", "stats")
            json.memberIfPresent("host", options.sensorName)
            json.object("stats") { json in decoder(summary, into: &json) }
            json.object("mail_tls") { json in
                identity("stats", into: &json)
                period(summary, into: &json)
                sessions(summary, into: &json)
                findings(summary, into: &json)
                json.object("counters") { json in counters(summary.counters, into: &json) }
                unobserved(summary.notObservable, into: &json)
                self.inputs(summary.inputs, into: &json)
            }
        }
    }

    /// The figures that have a name in EVE.
    private func decoder(_ summary: CaptureSummary, into json: inout JSONWriter) {
        let counters = summary.counters
        json.object("decoder") { json in
            json.member("pkts", counters.packets)
            json.member("bytes", summary.inputs.reduce(0) { $0 &+ $1.octets })
            json.member("invalid", counters.malformed.values.reduce(0, &+))
        }
        if summary.inputs.contains(where: { $0.droppedByKernel != nil }) {
            json.object("capture") { json in
                json.member(
                    "kernel_packets", summary.inputs.reduce(0) { $0 &+ $1.packets &+ ($1.droppedByKernel ?? 0) })
                json.member("kernel_drops", summary.inputs.reduce(0) { $0 &+ ($1.droppedByKernel ?? 0) })
                json.member("kernel_ifdrops", summary.inputs.reduce(0) { $0 &+ ($1.droppedByInterface ?? 0) })
            }
        }
        json.object("tcp") { json in
            json.member("sessions", summary.sessions + summary.notMail)
            json.member("reassembly_gap", counters.gaps)
        }
    }

    private func period(_ summary: CaptureSummary, into json: inout JSONWriter) {
        json.member("start", summary.start.map { CalendarTime($0).eve })
        json.member("end", summary.end.map { CalendarTime($0).eve })
    }

    private func sessions(_ summary: CaptureSummary, into json: inout JSONWriter) {
        json.object("sessions") { json in
            for verdict in Verdict.allCases {
                let tally = summary.byVerdict[verdict]
                json.key(named: verdict.rawValue)
                json.object { json in
                    json.member("sessions", tally?.sessions ?? 0)
                    json.member("octets", tally?.octets ?? 0)
                }
            }
        }
        json.member("not_mail", summary.notMail)
        if let goingOn = summary.goingOn {
            json.object("going_on") { json in
                json.member("connections", goingOn.connections)
                json.member("findings", goingOn.findings)
            }
        }
        if let evidence = summary.evidence { self.evidence(evidence, into: &json) }
    }

    private func evidence(_ evidence: EvidenceCounters, into json: inout JSONWriter) {
        json.object("evidence") { json in
            json.member("sessions", evidence.sessions)
            json.member("packets", evidence.packets)
            json.member("octets", evidence.octets)
            json.member("files", evidence.files)
            json.member("files_removed", evidence.filesRemoved)
            json.member("packets_lost", evidence.packetsLost)
            json.member("packets_left_out", evidence.packetsLeftOut)
            json.member("sessions_given_up", evidence.sessionsGivenUp)
        }
    }

    private func findings(_ summary: CaptureSummary, into json: inout JSONWriter) {
        json.object("findings") { json in
            for (rule, count) in summary.findings.sorted(by: { $0.key < $1.key }) { json.member(rule, count) }
        }
        json.memberIfPresent("worst", summary.worst?.name)
        guard !summary.suppressions.isEmpty else { return }
        let expired = Set(summary.expiredSuppressions)
        json.array("suppressions") { json in
            for (place, entry) in summary.suppressions.enumerated() {
                json.object { json in
                    json.member("rule", entry.rule)
                    json.memberIfPresent("client", entry.client?.description)
                    json.memberIfPresent("server", entry.server?.description)
                    json.memberIfPresent("port", entry.port)
                    json.member("reason", entry.reason)
                    json.member("expires", entry.lastDay)
                    json.member("expired", expired.contains(entry))
                    json.member("findings", summary.suppressed[place] ?? 0)
                }
            }
        }
    }

    private func counters(_ counters: CaptureCounters, into json: inout JSONWriter) {
        json.member("packets", counters.packets)
        json.member("filtered", counters.filtered)
        json.member("mail_segments", counters.mailSegments)
        json.member("other_packets", counters.otherPackets)
        json.member("fragments", counters.fragments)
        json.member("half_open", counters.halfOpen)
        json.member("without_payload", counters.withoutPayload)
        json.member("retransmissions", counters.retransmissions)
        json.member("duplicates", counters.duplicates)
        json.member("gaps", counters.gaps)
        json.member("gap_octets", counters.gapOctets)
        json.member("truncated_segments", counters.truncatedSegments)
        json.member("evicted", counters.evicted)
        json.member("hops_not_itemized", counters.hopsNotItemized)
        rare(counters, into: &json)
        json.object("malformed") { json in layers(counters.malformed, into: &json) }
        json.object("unreadable") { json in layers(counters.unreadable, into: &json) }
    }

    /// Of fragments, tunnels, damage, conflicts and spent budgets, which most captures have none of.
    private func rare(_ counters: CaptureCounters, into json: inout JSONWriter) {
        let counts = [
            ("reassembled", counters.reassembled), ("not_reassembled", counters.notReassembled),
            ("evicted_fragments", counters.evictedFragments), ("ambiguous_fragments", counters.ambiguousFragments),
            ("nested_too_deep", counters.nestedTooDeep),
            ("unnamed_paths", counters.unnamedPaths), ("out_of_order", counters.outOfOrder),
            ("out_of_window", counters.outOfWindow), ("damaged_segments", counters.damagedSegments),
            ("conflicts", counters.conflicts), ("not_compared", counters.notCompared),
            ("hold_back_overflows", UInt64(clamping: counters.holdBackOverflows)),
            ("connections_given_up", counters.connectionsGivenUp), ("packets_given_up", counters.packetsGivenUp),
            ("evicted_sessions", UInt64(clamping: counters.evictedSessions)), ("cut_lines", counters.cutLines),
            ("cut_headers", counters.cutHeaders),
            ("late_beginnings", counters.lateBeginnings), ("contradicted_stamps", counters.contradictedStamps),
            ("waits_given_up", counters.waitsGivenUp), ("commands_given_up", counters.commandsGivenUp),
        ]
        for (name, count) in counts where count > 0 { json.member(name, count) }
    }

    private func layers(_ counts: [Layer: some BinaryInteger], into json: inout JSONWriter) {
        for layer in Layer.allCases { json.memberIfPresent(Self.snakeCase(layer.rawValue), counts[layer]) }
    }

    /// `tlsRecord` as JSON names are written: `tls_record`.
    private static func snakeCase(_ name: String) -> String {
        name.map { $0.isUppercase ? "_\($0.lowercased())" : String($0) }.joined()
    }

    private func unobserved(_ counts: [Unobserved: Int], into json: inout JSONWriter) {
        json.array("not_observable") { json in
            for (unobserved, count) in UnobservedCounts.sorted(counts) {
                json.object { json in
                    json.member("fact", unobserved.fact)
                    json.member("why", unobserved.why.rawValue)
                    json.member("sessions", count)
                }
            }
        }
    }

    private func inputs(_ inputs: [InputSummary], into json: inout JSONWriter) {
        json.array("inputs") { json in
            for input in inputs {
                json.object { json in
                    json.member("file", input.name)
                    json.member("packets", input.packets)
                    json.member("octets", input.octets)
                    json.memberIfPresent("dropped_by_kernel", input.droppedByKernel)
                    json.memberIfPresent("dropped_by_interface", input.droppedByInterface)
                    json.memberIfPresent("failure", input.failure)
                }
            }
        }
    }
}

/// The order in which reports list what could not be seen: most sessions first, then by name.
enum UnobservedCounts {
    static func sorted(_ counts: [Unobserved: Int]) -> [(Unobserved, Int)] {
        counts.map { ($0.key, $0.value) }.sorted { left, right in
            if left.1 != right.1 { return left.1 > right.1 }
            return (left.0.fact, left.0.why.rawValue) < (right.0.fact, right.0.why.rawValue)
        }
    }
}
