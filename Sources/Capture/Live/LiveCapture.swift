import Glibc

/// Listens to one or more interfaces, and to a descriptor that wakes it; an interface that goes away is opened again
/// when it is back.
package final class LiveCapture {
    private let names: [String]
    private let options: LiveOptions
    private let pool: BlockPool
    private let wake: Int32
    private var interfaces: [LiveInterface?]
    /// Of interfaces that were lost since.
    private var pastLosses: [CaptureLosses]
    /// When to try the next time whether an interface is back, in milliseconds of the monotonic clock.
    private var retryAt: Int64 = 0

    private static let retryInterval: Int64 = 500

    /// - Parameters:
    ///   - wake: a descriptor; when it becomes readable, waiting ends. The caller reads it.
    package init(_ names: [String], _ options: LiveOptions, wake: Int32, pool: BlockPool = BlockPool())
        throws(CaptureError)
    {
        self.names = names
        self.options = options
        self.pool = pool
        self.wake = wake
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
            retryAt = Self.now + Self.retryInterval
            events.notices.append("\(names[place]): \(reason); it is opened again when it is back")
        }
    }

    /// Tries the interfaces that are away.
    private func reopen(_ events: inout Events) {
        guard interfaces.contains(where: { $0 == nil }), Self.now >= retryAt else { return }
        retryAt = Self.now + Self.retryInterval
        for place in interfaces.indices where interfaces[place] == nil {
            guard let interface = try? LiveInterface(names[place], options) else { continue }
            interfaces[place] = interface
            events.notices.append("\(names[place]): it is back")
        }
    }

    private static var now: Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }

    /// All interfaces are away.
    package var isDeaf: Bool { interfaces.allSatisfy { $0 == nil } }

    /// What was lost so far, for each interface in the order of their names.
    package var losses: [CaptureLosses] {
        interfaces.indices.map { pastLosses[$0] + (interfaces[$0]?.losses ?? CaptureLosses()) }
    }
}
