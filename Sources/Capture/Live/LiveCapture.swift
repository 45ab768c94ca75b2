import CSystem
import Glibc

/// Listens to one or more interfaces, and to a descriptor that wakes it; an interface that goes away is listened to again
/// when it is back, or another one of its name and kind.
public final class LiveCapture {
    private let isPromiscuous: Bool
    private let pool: BlockPool
    private let wake: Int32
    /// Who binds to interfaces that are back; `nil` where the process does so itself.
    private let broker: Broker?
    private var places: [Place]
    /// When to look the next time how the interfaces stand, by the steady clock.
    private var lookAt: Int64 = 0

    /// In nanoseconds.
    private static let lookInterval: Int64 = 250_000_000

    /// One interface, and how it stands.
    private struct Place {
        enum State: Equatable {
            case up
            case down
            /// Not there any more; since then, why it cannot be listened to although it is back (errno).
            case gone(Int32)
            /// It cannot be read, and that will not change.
            case lost
        }

        let interface: LiveInterface
        var state = State.up
        /// How often it could not be read since packets came in.
        var failures = 0
        /// It is not read before its next look.
        var rests = false

        var isHeard: Bool { !rests && (state == .up || state == .down) }
    }

    /// What is being removed cannot be read a little before it is known to be gone: so many looks are waited for that.
    private static let patience = 8

    /// Interfaces that can be listened to at the same time.
    public static let limit = Int(EARSHOT_INTERFACES)

    /// - Parameters:
    ///   - names: at most `limit`.
    ///   - wake: a descriptor; when it becomes readable, waiting ends. The caller reads it.
    ///   - broker: for a process that gives up binding to interfaces (`Sandbox`); it is sealed.
    public init(
        _ names: [String], _ options: LiveOptions, wake: Int32, broker: Broker?,
        pool: BlockPool = BlockPool(blockSize: BlockPool.liveBlockSize)
    ) throws(CaptureError) {
        isPromiscuous = options.isPromiscuous
        self.pool = pool
        self.wake = wake
        self.broker = broker
        var opened: [Place] = []
        for name in names { opened.append(Place(interface: try LiveInterface(name, options))) }
        for (number, place) in opened.enumerated() where place.interface.hardware >= 0 {
            try broker?.keep(place.interface, at: number, isPromiscuous: options.isPromiscuous)
        }
        try broker?.seal()
        places = opened
    }

    /// Link type of each interface (DLT_…), in the order of their names.
    public var linkTypes: [Int32] { places.map(\.interface.linkType) }

    /// What waiting brought.
    public struct Events: Sendable {
        public fileprivate(set) var blocks: [CaptureBlock] = []
        /// The descriptor that wakes has something to read.
        public fileprivate(set) var isWoken = false
        /// One sentence for each interface that went away or came back.
        public fileprivate(set) var notices: [String] = []
        /// There may be more packets right now.
        public fileprivate(set) var mayHaveMore = false
    }

    /// Waits for packets, for the other descriptor, or for `timeout` milliseconds.
    public func wait(_ timeout: Int32) -> Events {
        var events = Events()
        if SystemClock.steady >= lookAt {
            lookAt = SystemClock.steady + Self.lookInterval
            for number in places.indices { look(number, &events) }
        }
        var waiting: [Int] = []
        var polled = [pollfd(fd: wake, events: Int16(POLLIN), revents: 0)]
        for (number, place) in places.enumerated() where place.isHeard {
            waiting.append(number)
            polled.append(pollfd(fd: place.interface.descriptor, events: Int16(POLLIN), revents: 0))
        }
        let count = unsafe polled.withUnsafeMutableBufferPointer { requests in
            unsafe poll(requests.baseAddress, nfds_t(requests.count), timeout)
        }
        guard count > 0 else { return events }
        events.isWoken = polled[0].revents != 0
        for (request, number) in zip(polled.dropFirst(), waiting) where request.revents != 0 { read(number, &events) }
        return events
    }

    /// Answers whether packets came in.
    @discardableResult
    private func read(_ number: Int, _ events: inout Events) -> Bool {
        let interface = places[number].interface
        switch interface.read(UInt32(number), pool) {
        case .block(let block):
            events.blocks.append(block)
            events.mayHaveMore = true
            places[number].failures = 0
            return true
        case .nothing: break
        case .failed where interface.state == .gone: change(number, to: .gone(0), &events)
        case .failed where interface.hardware >= 0 && places[number].failures < Self.patience:
            places[number].failures += 1
            places[number].rests = true
        case .failed(let reason):
            places[number].state = .lost
            events.notices.append("\(interface.name): \(reason); it is not listened to any more")
        }
        return false
    }

    // MARK: Coming and going

    /// Looks how an interface stands, and binds to one that is back.
    private func look(_ number: Int, _ events: inout Events) {
        places[number].rests = false
        let place = places[number]
        switch place.state {
        case .lost: return
        case .up, .down:
            switch place.interface.state {
            case .up: change(number, to: .up, &events)
            case .down: change(number, to: .down, &events)
            // What came in before is read until nothing is left. That another one has its name by now escapes libpcap.
            case .gone: if !read(number, &events) { change(number, to: .gone(0), &events) }
            }
        case .gone(let before):
            switch bindAgain(number) {
            case 0: change(number, to: place.interface.state == .down ? .down : .up, &events)
            case ENODEV, before: break
            case let reason: change(number, to: .gone(reason), &events)
            }
        }
    }

    /// Answers errno.
    private func bindAgain(_ number: Int) -> Int32 {
        let interface = places[number].interface
        if let broker { return broker.bindAgain(number) }
        return unsafe earshot_bind_again(
            interface.descriptor, interface.name, interface.hardware, isPromiscuous ? 1 : 0) == 0 ? 0 : errno
    }

    private func change(_ number: Int, to state: Place.State, _ events: inout Events) {
        guard places[number].state != state else { return }
        let sentence =
            switch (places[number].state, state) {
            case (.down, .up): "it is up again"
            case (_, .up): "it is back"
            case (.gone, .down): "it is back, and down; it is listened to when it is up"
            case (_, .down): "it is down; it is listened to when it is up again"
            case (_, .gone(EPROTOTYPE)): "it is back with another link type, and cannot be listened to: start anew"
            case (_, .gone(let reason)) where reason != 0:
                "it is back, and cannot be listened to: \(unsafe String(cString: strerror(reason)))"
            case (_, .gone), (_, .lost): "it is gone; it is listened to when it is back"
            }
        places[number].state = state
        events.notices.append("\(places[number].interface.name): \(sentence)")
    }

    /// No interface can be listened to any more, now or later.
    public var isDeaf: Bool { places.allSatisfy { $0.state == .lost } }

    /// What was lost so far, for each interface in the order of their names.
    public var losses: [CaptureLosses] { places.map(\.interface.losses) }
}
