import Sessions
import Wire

/// A connection under observation: its order, its facts, and who is who.
struct TrackedConnection: Sendable, Equatable {
    /// What its opening packet was wrapped in.
    let path: NetworkPath
    let role: PortRole
    /// The client is the lower end of the flow's key.
    let clientIsLow: Bool
    /// The queue it stands in touches it once in a while, not with every packet: when that was, in units of 2³⁰ ns.
    var touched: UInt32
    /// Octets were read that are mail or TLS: it is worth more than one that says nothing.
    private(set) var isMail = false
    /// The same as the reader says, which the tracker does not know yet.
    private var hasMail = false
    /// Protected records that are stepped over without asking the reader.
    private var clientRecord = RecordInProgress()
    private var serverRecord = RecordInProgress()
    /// The reader only counts further records of application data.
    private var maySkipRecords = false
    /// What may be kept of the octets that the reader took last.
    private(set) var keeping = SessionReader.Keeping.skip(leading: 0)
    /// No octets inside a protected record have gone by yet.
    private var isReadInClear = true
    private(set) var clientChecksums = ChecksumTrust()
    private(set) var serverChecksums = ChecksumTrust()
    /// Leading octets of each direction whose segments are verified: a dialogue and a handshake, not much content.
    private static let verifiedOctets: UInt64 = 64 << 10
    /// Tells apart connections that had the same slot.
    private(set) var serial: UInt32
    /// None or one.
    var successors: [Successor] = []
    /// Where it stands among those that hold octets back.
    var holder = HolderPlace()
    /// Held octets that are counted in the total.
    var countedHeld: Int32 = 0
    /// The memory that is counted in the total.
    var countedState = 0
    /// By the capture's clock.
    var lastSeen: Timestamp
    /// When it may be forgotten after it was closed; `nil` while it is open.
    var closesAt: Timestamp?
    var order = TCPConnection()
    var transport: TransportFacts
    /// Memory that the reader holds, in octets.
    private var readerCost = 0
    /// None or one: apart, since connections may come to have none, and moving it would cost. An object would be asked
    /// with each access whether another one goes on.
    var readers: ContiguousArray<OpenReader> = []

    struct OpenReader: Sendable, Equatable {
        var session: SessionReader
        /// What its session had shown when it was asked last (`SessionReader.milestone`).
        var milestone: UInt64 = 0
    }

    /// What one takes besides what its reader has kept, in octets.
    static let cost = FlowTable.costOfSlot + MemoryLayout<TrackedConnection>.stride + MemoryLayout<Int32>.size
    static let costOfReader = MemoryLayout<SessionReader>.stride + 32

    init(
        _ path: NetworkPath, clientIsLow: Bool, role: PortRole, serial: UInt32, start: Timestamp, frame: FrameNumber,
        now: Timestamp
    ) {
        self.path = path
        self.clientIsLow = clientIsLow
        self.role = role
        self.serial = serial
        touched = Self.moment(now)
        transport = TransportFacts(start: start, frame: frame)
        lastSeen = now
    }

    /// Lets go of what it has collected; its slot is free.
    mutating func clear() {
        readers = []
        order = TCPConnection()
        successors = []
        transport.gaps = []
        transport.conflicts = []
        transport.forgetResets()
    }

    static func moment(_ time: Timestamp) -> UInt32 { UInt32(truncatingIfNeeded: time.nanoseconds >> 30) }

    var hasPayload: Bool { !readers.isEmpty }

    /// What has become of a connection with a packet.
    struct Review {
        /// Memory that it takes more than before, in octets.
        var growth = 0
        /// Mail or TLS was read, and not before.
        var becameMail = false
        /// It is closed, and was not before.
        var hasEnded = false
    }

    /// The memory that it takes, roughly, in octets.
    @inline(__always)
    mutating func fullCost() -> Int {
        var cost = Self.cost
        if !transport.resets.isEmpty { cost += transport.resets.count * ResetFacts.cost }
        if !successors.isEmpty { cost += Successor.cost }
        if !readers.isEmpty {
            cost += Self.costOfReader + readerCost
            if !transport.conflicts.isEmpty { cost += transport.conflicts.count * StreamConflict.cost }
        }
        return cost
    }

    /// Brings what is known of it up to date. In one place, and in place: every packet that means anything pays for it.
    mutating func review() -> Review {
        var review = Review()
        let cost = fullCost()
        if !readers.isEmpty {
            review.becameMail = !isMail && hasMail
            isMail = isMail || hasMail
        }
        review.growth = cost - countedState
        countedState = cost
        review.hasEnded = closesAt == nil && (order.status.isFinished || transport.reset != nil)
        return review
    }

    // Written out where it is asked: a call would be handed a copy of the connection.
    @inline(__always)
    func side(of segment: borrowing TCPSegment) -> Side {
        segment.isFromLow == clientIsLow ? .client : .server
    }

    /// What a packet means for its connection.
    struct Step {
        let side: Side
        let arrival: TCPConnection.Arrival
        /// Nothing more is to be done: it carries no octets, or none that are looked at, and ends nothing.
        var isQuiet = false
        /// Its checksum is wrong, and this sender's checksums can be believed.
        var isDamaged = false
        /// It is none of the connection's, of which nothing has changed.
        var isStrange = false
        /// What its checksums say; not verified where nothing follows from them.
        var integrity = Integrity.unverifiable
    }

    /// Takes a packet: counts it, and finds the place of its octets. `waited` is the time without pauses of the clock.
    @inline(__always)
    mutating func take(
        _ segment: borrowing TCPSegment, octets: Int, frame: FrameNumber, at time: Timestamp, now: Timestamp,
        waited: Timestamp
    ) -> Step {
        let side = side(of: segment)
        var integrity = Integrity.unverifiable
        var isDamaged = false
        if isReadInClear, !segment.payload.isEmpty, isVerified(side) {
            integrity = segment.integrity
            isDamaged = refuses(segment, integrity, from: side)
        } else if !segment.flags.isDisjoint(with: .ending), segment.payload.isEmpty {
            isDamaged = isDropped(segment, from: side)
        }
        if isDamaged {
            count(segment, from: side, octets: octets, frame: frame, at: time)
            lastSeen = now
            return Step(side: side, arrival: .empty, isDamaged: true, integrity: integrity)
        }
        let end = transport.fin == nil ? nil : order.finOffset(of: side)
        let arrival = order.accept(segment, from: side, frame: frame, at: time, now: waited)
        if transport.fin != nil { lookAtFIN(of: side, at: end) }
        if integrity == .damaged, arrival.bringsOctets {
            // What waits for it bears earlier frames, and is read behind it.
            transport.noteDamage(order.status.hasWork ? transport.firstFrame : frame, of: side)
        } else if isReadInClear, !segment.payload.isEmpty, !order.status.hasWork, transport.isDamaged {
            if integrity == .intact, arrival.repeatsOctets { transport.noteRepeated(of: side) }
            transport.noteTurn(frame, of: side)
        }
        if transport.reset != nil, arrival.isTaken { lookBeyondReset(segment, side, frame, waited) }
        if !segment.flags.isDisjoint(with: .ending), arrival.isTaken { noteEnd(segment, side, frame, waited) }
        var isQuiet = !order.status.hasWork && segment.flags.isDisjoint(with: .ending) && countedHeld == 0
        switch arrival {
        case .empty: isQuiet = isQuiet && countedState > 0
        case .deliver(0, _, _): isQuiet = isQuiet && order.status.hasForgotten && pass(segment.payload, from: side)
        case .outOfWindow where order.isStrange(segment, from: side):
            return Step(side: side, arrival: arrival, isStrange: true)
        default: isQuiet = false
        }
        count(segment, from: side, octets: octets, frame: frame, at: time)
        lastSeen = now
        return Step(side: side, arrival: arrival, isQuiet: isQuiet, integrity: integrity)
    }

    /// Checksums are verified only where a session's facts come from, since it costs a look at every octet.
    private func isVerified(_ side: Side) -> Bool {
        switch side {
        case .client: transport.toServer.payload < Self.verifiedOctets
        case .server: transport.toClient.payload < Self.verifiedOctets
        }
    }

    /// Whether the receiver will have dropped a segment for its checksum: then its octets are not what was said.
    private mutating func refuses(
        _ segment: borrowing TCPSegment, _ integrity: Integrity, from side: Side
    ) -> Bool {
        switch side {
        case .client: clientChecksums.refuses(integrity, segment.payload.count)
        case .server: serverChecksums.refuses(integrity, segment.payload.count)
        }
    }

    /// Whether the receiver will have dropped a FIN or a reset for its checksum. Hosts fill in that of their resets where a card
    /// does that of all others, so these show nothing of their sender.
    private func isDropped(_ segment: borrowing TCPSegment, from side: Side) -> Bool {
        let trust = side == .client ? clientChecksums : serverChecksums
        return trust.refusesDamaged && segment.integrity == .damaged
    }

    /// Steps over octets of protected records, if they are.
    private mutating func pass(_ octets: Span<UInt8>, from side: Side) -> Bool {
        let isProtected =
            switch side {
            case .client: clientRecord.step(over: octets, maySkipRecords)
            case .server: serverRecord.step(over: octets, maySkipRecords)
            }
        guard isProtected else { return false }
        isReadInClear = false
        countPayload(octets.count, from: side)
        return true
    }

    /// Tells the reader what was stepped over, before it takes anything else.
    mutating func tellSkipped() {
        if clientRecord.hasSkipped {
            readers[0].session.skip(records: Int(clientRecord.records), left: Int(clientRecord.left), of: .client)
            clientRecord.forgetSkipped()
        }
        if serverRecord.hasSkipped {
            readers[0].session.skip(records: Int(serverRecord.records), left: Int(serverRecord.left), of: .server)
            serverRecord.forgetSkipped()
        }
    }

    /// Lets the reader have octets, or know of some that are lost, and takes note of what it says then.
    mutating func ask(_ action: (inout SessionReader) -> SessionReader.State) {
        tellSkipped()
        let state = action(&readers[0].session)
        hasMail = state.hasMail
        keeping = state.keeping
        readerCost = state.cost
        clientRecord.left = Int32(clamping: state.leftOfClient)
        serverRecord.left = Int32(clamping: state.leftOfServer)
        maySkipRecords = state.maySkipRecords
    }

    /// No octets of the side were read yet.
    @inline(__always)
    func isSilent(_ side: Side) -> Bool {
        (side == .client ? transport.toServer.payload : transport.toClient.payload) == 0
    }

    mutating func countPayload(_ count: Int, from side: Side) {
        switch side {
        case .client: transport.toServer.payload &+= UInt64(count)
        case .server: transport.toClient.payload &+= UInt64(count)
        }
    }

    /// Counts a packet, and notes how the connection ends.
    private mutating func count(
        _ segment: borrowing TCPSegment, from side: Side, octets: Int, frame: FrameNumber, at time: Timestamp
    ) {
        // A switch, since comparing values of another module is a call.
        switch side {
        case .client:
            transport.toServer.packets &+= 1
            transport.toServer.octets &+= UInt64(octets)
        case .server:
            transport.toClient.packets &+= 1
            transport.toClient.octets &+= UInt64(octets)
        }
        if frame > transport.lastFrame { transport.lastFrame = frame }
        if time >= transport.end {
            transport.end = time
        } else if time.since(transport.start) < -CaptureClock.leap {
            noteEarlierStamp(time)
        }
        if segment.missing > 0 { transport.truncatedSegments += 1 }
        if segment.isAmbiguous {
            transport.ambiguousSegments += 1
            if transport.ambiguousSince == nil { transport.ambiguousSince = frame }
        }
    }

    /// A packet bears a stamp from long before the connection's beginning: one of both is wrong. Where nothing but the opening
    /// one was seen before it, that is what goes; whether it was right after all the end shows.
    private mutating func noteEarlierStamp(_ time: Timestamp) {
        // What began before the capture is told from others by its start.
        if order.status.sawStart, transport.toServer.packets + transport.toClient.packets == 2 {
            transport.rebase(to: time)
        } else {
            transport.stampsDisagree = true
        }
    }

    /// Takes over what was counted before it was answered.
    mutating func count(_ before: HalfOpenConnection, from side: Side) {
        let traffic = Traffic(packets: UInt64(before.total.packets), octets: before.total.octets)
        if side == .client { transport.toServer = traffic } else { transport.toClient = traffic }
        transport.lastFrame = before.total.lastFrame
        transport.end = before.total.end
    }

    mutating func noteGap(_ count: Int64, at offset: Int64, of side: Side) {
        // Nothing but forged octets is ahead of a FIN.
        if let end = order.finOffset(of: side), offset >= end, count > 1 {
            transport.note(EarlyEnd(of: side, at: end, order), of: side)
        }
        let gap = Gap(side: side, offset: offset, length: count)
        transport.noteUnheard(behind: gap, order)
        transport.gapCount += 1
        if transport.gaps.count < TransportFacts.maximumGaps { transport.gaps.append(gap) }
    }
}

extension TrackedConnection {
    /// Takes out what tells it from others, or puts it back. `serial` and `seen` are its own, which are kept elsewhere.
    mutating func exchange(_ particulars: inout Particulars, serial known: UInt32, lastSeen seen: Timestamp) {
        particulars.exchange(&serial, expected: known)
        particulars.exchange(&lastSeen)
        particulars.exchange(&touched, expected: Self.moment(seen))
        if !readers.isEmpty {
            particulars.exchange(&readers[0].milestone)
            readers[0].session.exchange(&particulars)
        }
        transport.exchange(&particulars)
        particulars.exchange(&clientRecord.left)
        particulars.exchange(&serverRecord.left)
        clientChecksums.exchange(&particulars)
        serverChecksums.exchange(&particulars)
        order.exchange(&particulars)
    }

    /// Nothing of it is waited for, and nothing is counted elsewhere. `evenInClear` says that more may come in clear.
    mutating func maySeal(evenInClear: Bool) -> Bool {
        guard !readers.isEmpty, closesAt == nil, countedHeld == 0, !order.status.hasWork, holder.size < 0 else {
            return false
        }
        return evenInClear || order.status.hasForgotten && readers[0].session.isSettled
    }
}
