/// Everything that a segment was wrapped in, outermost first.
public struct NetworkPath: Hashable, Sendable {
    public let layers: [Encapsulation]

    public init(_ layers: [Encapsulation]) { self.layers = layers }

    /// Nothing but the link and the segment's own headers.
    public static let plain = Self([])

    /// Identifiers of the VLAN tags on the frame itself, outermost first.
    public var vlans: [UInt16] {
        layers.prefix { $0.kind == .vlan }.compactMap { $0.identifier.map(UInt16.init(truncatingIfNeeded:)) }
    }

    /// What comes behind those tags, VLAN tags of inner frames included.
    public var inner: [Encapsulation] { Array(layers.drop { $0.kind == .vlan }) }

    /// Headers around a segment that are read; a packet with more of them is not looked into.
    public static let maximumLayers = 8
    /// Tunnels over IP among them.
    public static let maximumTunnels = 4
}

/// Names a `NetworkPath` in the table of the decoder that made it.
public struct PathID: Hashable, Sendable, BitwiseCopyable {
    /// Index of the path.
    fileprivate(set) public var facts: UInt32 = 0
    /// Equal for both directions of a connection, and for no two that were seen in different VLANs or virtual networks.
    fileprivate(set) public var key: UInt32 = 0

    /// The plain path.
    public static let plain = Self()

    private init() {}

    /// Of what it was taken apart into.
    public init(facts: UInt32, key: UInt32) {
        self.facts = facts
        self.key = key
    }
}

/// The paths that mail was seen on, each kept once.
///
/// Its memory is bounded: beyond `limit` paths, or `budget` octets, the facts of further ones are not kept. Their sessions are still told
/// apart, by a hash of what would have told them apart.
public struct PathTable: ~Copyable, Sendable {
    private var paths = [NetworkPath.plain, NetworkPath([Encapsulation(.unnamed)])]
    private var ids: [[Encapsulation]: PathID] = [:]
    /// Numbers of the identifiers that keep sessions apart.
    private var keys: [[Encapsulation]: UInt32] = [:]
    /// Ids of the paths of one VLAN tag, by its identifier: the common case.
    private var vlanIDs: [PathID] = []
    private let limit: Int
    /// Memory that they may take, in octets.
    private let budget: Int
    /// What they take, roughly, in octets.
    public private(set) var cost = 0
    /// Packets on paths whose facts are not kept.
    public private(set) var unnamedPackets: UInt64 = 0

    /// Paths whose facts are kept.
    public static let defaultLimit = 16_384
    /// What a list of headers takes besides them, in octets.
    private static let overhead = 64
    private static let unnamed: UInt32 = 1

    public init(limit: Int = Self.defaultLimit, budget: Int = .max) {
        self.limit = limit
        self.budget = budget
    }

    public subscript(id: PathID) -> NetworkPath {
        id.facts < paths.count ? paths[Int(id.facts)] : paths[Int(Self.unnamed)]
    }

    /// Paths that are kept.
    public var count: Int { ids.count }

    /// The id of a path with one VLAN tag.
    public mutating func id(vlan identifier: UInt16) -> PathID {
        guard identifier > 0 else { return .plain }
        let index = Int(identifier & 0x0FFF)
        if index < vlanIDs.count, vlanIDs[index] != .plain { return vlanIDs[index] }
        if vlanIDs.isEmpty { vlanIDs = Array(repeating: .plain, count: 4096) }
        let id = id(of: [Encapsulation(.vlan, UInt32(index))])
        if id.facts != Self.unnamed { vlanIDs[index] = id }
        return id
    }

    /// The id of the path with these layers.
    public mutating func id(of layers: [Encapsulation]) -> PathID {
        if layers.isEmpty { return .plain }
        if let id = ids[layers] { return id }
        let key = key(of: layers.compactMap(\.key))
        guard ids.count < limit, spend(on: layers) else {
            unnamedPackets &+= 1
            return PathID(facts: Self.unnamed, key: key)
        }
        let id = PathID(facts: UInt32(paths.count), key: key)
        paths.append(NetworkPath(layers))
        ids[layers] = id
        return id
    }

    /// 0 where nothing keeps sessions apart; above 2³¹ it is a hash.
    private mutating func key(of parts: [Encapsulation]) -> UInt32 {
        if parts.isEmpty { return 0 }
        if let key = keys[parts] { return key }
        guard keys.count < limit, spend(on: parts) else { return Self.hash(parts) | 1 << 31 }
        let key = UInt32(keys.count + 1)
        keys[parts] = key
        return key
    }

    private mutating func spend(on layers: [Encapsulation]) -> Bool {
        let more = Self.overhead + layers.count * MemoryLayout<Encapsulation>.stride
        guard more <= budget - cost else { return false }
        cost += more
        return true
    }

    /// The same in every run.
    private static func hash(_ parts: [Encapsulation]) -> UInt32 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for part in parts {
            for octet in part.kind.rawValue.utf8 { hash = (hash ^ UInt64(octet)) &* 0x100_0000_01B3 }
            hash = (hash ^ UInt64(part.identifier ?? 0)) &* 0x9E37_79B9_7F4A_7C15
            hash ^= hash >> 29
        }
        return UInt32(truncatingIfNeeded: hash >> 32)
    }
}
