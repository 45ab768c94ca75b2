import Glibc

/// Listens to one or more interfaces, and to a descriptor that wakes it; an interface that goes away is opened again
/// when it is back, where the process may do so.
package final class LiveCapture {
    private let names: [String]
    private let options: LiveOptions
    private let pool: BlockPool
    private let wake: Int32
    private let mayReopen: Bool
    private var interfaces: [LiveInterface?]
    /// Of interfaces that were lost since.
    private var pastLosses: [CaptureLosses]
    /// When to try the next time whether an interface is back, by the steady clock.
    private var retryAt: Int64 = 0

    /// In nanoseconds.
    private static let retryInterval: Int64 = 500_000_000

    /// - Parameters:
    ///   - wake: a descriptor; when it becomes readable, waiting ends. The caller reads it.
    ///   - mayReopen: `false` for a process that gives up opening interfaces (`Sandbox`).
    package init(
        _ names: [String], _ options: LiveOptions, wake: Int32, mayReopen: Bool, pool: BlockPool = BlockPool()
    ) throws(CaptureError) {
        self.names = names
        self.options = options
        self.pool = pool
        self.wake = wake
        self.mayReopen = mayReopen
        var opened: [LiveInterface?] = []
        for name in names { opened.append(try LiveInterface(name, options)) }
        interfaces = opened
        pastLosses = names.map { _ in CaptureLosses() }
    }

    /// Link type of each interface (DLT_…), in the order of their names.
    package var linkTypes: [Int32] { interfaces.map { $0?.linkType ?? -1 } }

    /// What waiting brought.
    package struct Events {
        package fileprivate(set) var blocks: [CaptureBlock] = []
        /// The descriptor that wakes has something to read.
        package fileprivate(set) var isWoken = false
        /// One sentence for each interface that went away or came back.
        package fileprivate(set) var notices: [String] = []
        /// There may be more packets right now.
        package fileprivate(set) var mayHaveMore = false
    }

    /// Waits for packets, for the other descriptor, or for `timeout` milliseconds.
    package func wait(_ timeout: Int32) -> Events {
        var events = Events()
        reopen(&events)
        var places: [Int] = []
        var polled = [pollfd(fd: wake, events: Int16(POLLIN), revents: 0)]
        for (place, interface) in interfaces.enumerated() {
            guard let interface else { continue }
            places.append(place)
            polled.append(pollfd(fd: interface.descriptor, events: Int16(POLLIN), revents: 0))
        }
        let count = unsafe polled.withUnsafeMutableBufferPointer { requests in
            unsafe poll(requests.baseAddress, nfds_t(requests.count), timeout)
        }
        guard count > 0 else { return events }
        events.isWoken = polled[0].revents != 0
        for (request, place) in zip(polled.dropFirst(), places) where request.revents != 0 { read(place, &events) }
        return events
    }

    private func read(_ place: Int, _ events: inout Events) {
        guard let interface = interfaces[place] else { return }
        switch interface.read(UInt32(place), pool) {
        case .block(let block):
            events.blocks.append(block)
            events.mayHaveMore = true
        case .nothing: break
        case .lost(let reason):
            pastLosses[place] = pastLosses[place] + interface.losses
            interfaces[place] = nil
            retryAt = SystemClock.steady + Self.retryInterval
            let outlook =
                mayReopen ? "it is opened again when it is back" : "the sandbox keeps it from being opened again"
            events.notices.append("\(names[place]): \(reason); \(outlook)")
        }
    }

    /// Tries the interfaces that are away.
    private func reopen(_ events: inout Events) {
        guard mayReopen, interfaces.contains(where: { $0 == nil }), SystemClock.steady >= retryAt else { return }
        retryAt = SystemClock.steady + Self.retryInterval
        for place in interfaces.indices where interfaces[place] == nil {
            // While it is away, that it cannot be opened is no news.
            guard let interface = try? LiveInterface(names[place], options) else { continue }
            interfaces[place] = interface
            events.notices.append("\(names[place]): it is back")
        }
    }

    /// All interfaces are away, and none will be opened again.
    package var isDeaf: Bool { !mayReopen && interfaces.allSatisfy { $0 == nil } }

    /// What was lost so far, for each interface in the order of their names.
    package var losses: [CaptureLosses] {
        interfaces.indices.map { pastLosses[$0] + (interfaces[$0]?.losses ?? CaptureLosses()) }
    }
}
