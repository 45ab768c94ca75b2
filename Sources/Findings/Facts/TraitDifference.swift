import Sessions
import Wire

/// A field in which a reset differs from its sender's next packet, though one host sends it alike in both.
///
/// Each follows from something else: the way, the host's counter, its buffer, its clock.
enum TraitDifference: String, CaseIterable, Sendable {
    case hopLimit = "hop limit"
    case identification = "IP identification"
    case window
    case timestamp

    /// Whether one host could not, as a rule, have sent both; what is normal on genuine resets is no difference.
    func tells(_ reset: PacketTraits, from next: PacketTraits) -> Bool {
        switch self {
        case .hopLimit: Self.hopLimitsDiffer(reset.hopLimit, next.hopLimit)
        case .identification: Self.identificationsDiffer(reset.identification, next.identification)
        case .window: Self.windowsDiffer(reset.window, next.window)
        case .timestamp: Self.timestampsDiffer(reset.timestamp, next.timestamp)
        }
    }

    static func all(_ reset: PacketTraits, _ next: PacketTraits) -> [Self] {
        allCases.filter { $0.tells(reset, from: next) }
    }

    private static func hopLimitsDiffer(_ reset: UInt8?, _ next: UInt8?) -> Bool {
        guard let reset, let next else { return false }
        return reset != next
    }

    /// Hosts count packets, all of them or those of a connection, or write 0 where nothing may be fragmented
    /// (RFC 6864 §4.1).
    private static func identificationsDiffer(_ reset: UInt16?, _ next: UInt16?) -> Bool {
        guard let reset, let next, reset != 0, next != 0 else { return false }
        let step = Int16(bitPattern: next &- reset)
        return !(-reordered...counted).contains(step)
    }

    /// Packets that a host sends between two of one connection, at most, and that a tap may show late.
    private static let counted: Int16 = 4096
    private static let reordered: Int16 = 64

    /// A window shrinks and grows with what waits to be read; many hosts write 0 into a reset.
    private static func windowsDiffer(_ reset: UInt16, _ next: UInt16) -> Bool {
        guard reset != 0, next != 0 else { return false }
        return Int(max(reset, next)) > 2 * Int(min(reset, next))
    }

    /// Both are of one clock, which ticks a thousand times a second or faster (RFC 7323 §5.4), or the connection has none.
    private static func timestampsDiffer(_ reset: UInt32?, _ next: UInt32?) -> Bool {
        guard let reset else { return false }
        guard let next else { return true }
        return !(-late...waited).contains(Int32(bitPattern: next &- reset))
    }

    /// Ticks: four minutes of a clock of microseconds, and the four seconds that a tap may reorder.
    private static let waited: Int32 = 1 << 28
    private static let late: Int32 = 1 << 22
}
