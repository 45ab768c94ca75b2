import Testing

@testable import Wire

@Suite struct PathTableTests {
    private static let ends = (IPAddress(v4: 0xC633_6401), IPAddress(v4: 0xC633_6402))

    @Test func plainIsZero() {
        var table = PathTable()
        #expect(table.id(of: []) == .plain)
        #expect(table.id(vlan: 0) == .plain)
        #expect(PathID.plain.key == 0)
        #expect(table[.plain].layers.isEmpty)
    }

    @Test func oneTagIsTheSameEitherWay() {
        var table = PathTable()
        let id = table.id(vlan: 25)
        #expect(table.id(of: [Encapsulation(.vlan, 25)]) == id)
        #expect(table.id(vlan: 25) == id)
        #expect(table.id(vlan: 26).key != id.key)
        #expect(table[id].vlans == [25])
    }

    /// Facts differ by direction, keys do not.
    @Test func directionsShareAKey() {
        var table = PathTable()
        let there = table.id(of: [Encapsulation(.vxlan, 42, from: Self.ends.0, to: Self.ends.1)])
        let back = table.id(of: [Encapsulation(.vxlan, 42, from: Self.ends.1, to: Self.ends.0)])
        #expect(there.facts != back.facts && there.key == back.key && there.key != 0)
        #expect(table.id(of: [Encapsulation(.gtp, 1, from: Self.ends.0, to: Self.ends.1)]).key == 0)
        // What kind of network has a number is part of it, and so is what it is in.
        let keys = [
            table.id(of: [Encapsulation(.geneve, 42)]).key, table.id(of: [Encapsulation(.vlan, 42)]).key, there.key,
            table.id(of: [Encapsulation(.vlan, 1), Encapsulation(.vxlan, 42)]).key,
            table.id(of: [Encapsulation(.vxlan, 42), Encapsulation(.vlan, 1)]).key,
        ]
        #expect(Set(keys).count == keys.count)
    }

    @Test func beyondTheLimitNetworksAreStillToldApart() {
        var table = PathTable(limit: 10)
        let known = (0..<10).map { table.id(of: [Encapsulation(.vxlan, UInt32($0))]) }
        let more = (10..<10_000).map { table.id(of: [Encapsulation(.vxlan, UInt32($0))]) }
        #expect(table.count == 10)
        #expect(table.unnamedPackets == 9990)
        #expect(Set((known + more).map(\.key)).count > 9990)
        #expect(table[more[0]].layers == [Encapsulation(.unnamed)])
        // A known network keeps its key, whatever else is not kept of the path.
        let other = table.id(of: [Encapsulation(.vxlan, 3, from: Self.ends.0, to: Self.ends.1)])
        #expect(other.key == known[3].key && table[other].layers == [Encapsulation(.unnamed)])
        // One VLAN tag is no exception.
        #expect(table.id(vlan: 9).key == table.id(vlan: 9).key && table.id(vlan: 9).key != table.id(vlan: 8).key)
        #expect(table.id(vlan: 9).key != 0)
    }
}
