import Sessions
import Wire

/// A reset ended nothing, and does not look like its sender's other packets (RFC 9293 §3.10.7.4, RFC 5961 §3).
public enum ResetInjection: SessionRule {
    public static let card = RuleCard(
        id: "reset-injection", signatureID: 9_025_059, group: .downgrade,
        title: "A reset that ended nothing differs from its sender's other packets", severity: .medium,
        certainty: .likely,
        citations: ["RFC 9293 §3.10.7.4", "RFC 5961 §3", "RFC 7323 §3.2", "RFC 7435 §6"],
        explanation: """
            A host that resets a connection forgets it. Here the side in whose name a reset came went on with the \
            connection, and its next packet differs from the reset in at least two fields that follow from the host \
            and the way to it: hop limit, IP identification, window, timestamp. Who can cut connections can keep \
            TLS from being agreed upon, so that opportunistic senders deliver in clear.
            """,
        alternatives: """
            Firewalls, intrusion prevention and load balancers send such resets as they are told to. Some hosts \
            choose IP identifications at random, a window may have shrunk, and the way may have changed in \
            between. A reset behind QUIT or FIN, one that ended the connection, and one with a single difference are \
            not counted; nor are window 0, identification 0 and a missing timestamp, which genuine resets have.
            """,
        remediation: """
            Compare with a capture at the host in whose name the reset came: if it did not send it, look for the device \
            on the path that did, by the reset's hop limit. Senders that must not depend on it require TLS towards this \
            server, so that cut connections delay mail and do not expose it.
            """,
        remedies: [.compareBothEnds, .requireTLSTowards, .verifyServers],
        example: "built-reset-injection.pcap")

    public static let needs: SessionTraits = .reset
    public static let weighsConflicts = true

    public static let isFinalEarly = true

    /// Fields in which two hosts differ and one does not.
    private static let leastDifferences = 2

    public static func judge(_ session: MailSession, _ observations: CaptureObservations) -> Judgement {
        let suspects = session.transport.resets.filter { $0.survival != nil && !session.isLeaving(by: $0.frame) }
        guard !suspects.isEmpty else { return .pass }
        // A QUIT or FIN before it may still come, and explain it.
        if observations.sessionGoesOn, session.transport.awaitsOctets { return .notObserved(.gap) }
        let compared = suspects.compactMap(Comparison.init)
        guard let worst = compared.max(by: { $0.differences.count < $1.differences.count }) else {
            return .notObserved(session.blindSpot ?? .gap)
        }
        guard worst.differences.count >= leastDifferences else { return .pass }
        let forged = compared.filter { $0.differences.count >= leastDifferences }
        return .finding(
            Finding.Draft(
                sentence(worst, of: forged.count), evidence(worst),
                // One side may have said QUIT in what the capture lacks.
                certainty: session.transport.hasGap(before: worst.reset) ? .possible : nil))
    }

    /// A reset and what its sender sent next.
    private struct Comparison {
        let reset: ResetFacts
        let next: Observed<PacketTraits>
        let survival: Observed<ResetSurvival>
        let differences: [TraitDifference]

        init?(_ reset: ResetFacts) {
            guard let next = reset.follower, let survival = reset.survival else { return nil }
            self.reset = reset
            self.next = next
            self.survival = survival
            differences = TraitDifference.all(reset.traits, next.value)
        }
    }

    private static func sentence(_ found: Comparison, of count: Int) -> String {
        let names = found.differences.map(\.rawValue)
        let fields = names.dropLast().joined(separator: ", ") + " and " + (names.last ?? "")
        let times = count > 1 ? " (\(count) such resets)" : ""
        return """
            A reset in the \(found.reset.side.rawValue)'s name did not end the connection\(times); it differs from the \
            \(found.reset.side.rawValue)'s next packet in \(fields).
            """
    }

    private static func evidence(_ found: Comparison) -> [Evidence] {
        let side = found.reset.side
        return [
            Evidence(
                frame: found.reset.frame, side: side, offset: found.reset.offset,
                "RST with \(found.reset.traits.told)"),
            Evidence(frame: found.next.frame, side: side, "the same side's next packet has \(found.next.value.told)"),
            Evidence(frame: found.survival.frame, found.survival.value.told(of: side)),
        ]
    }
}

extension MailSession {
    /// One side was taking its leave, or had done so: its connection may be reset for no other reason.
    fileprivate func isLeaving(by frame: FrameNumber) -> Bool {
        if let quit = smtp?.quit, quit < frame { return true }
        return transport.fin.map { $0.frame < frame } ?? false
    }
}

extension TransportFacts {
    /// Octets are missing of either stream, not all of them behind a reset: a farewell may have been among them.
    fileprivate func hasGap(before reset: ResetFacts) -> Bool {
        guard gapCount > 0 else { return capture == .oneSided || truncatedSegments > 0 }
        guard gapCount == gaps.count else { return true }
        return gaps.contains { $0.offset < ($0.side == reset.side ? reset.delivered : reset.deliveredByPeer) }
    }
}

extension PacketTraits {
    fileprivate var told: String {
        var told: [String] = []
        if let hopLimit { told.append("hop limit \(hopLimit)") }
        if let identification { told.append("IP identification \(identification)") }
        told.append("window \(window)")
        told.append(timestamp.map { "timestamp \($0)" } ?? "no timestamp")
        return told.joined(separator: ", ")
    }
}

extension ResetSurvival {
    fileprivate func told(of side: Side) -> String {
        switch self {
        case .acknowledged: "the \(side.other.rawValue) acknowledges octets behind the reset"
        case .continued: "the \(side.rawValue) goes on sending"
        case .received: "the \(side.rawValue) acknowledges what was sent to it behind the reset"
        }
    }
}
