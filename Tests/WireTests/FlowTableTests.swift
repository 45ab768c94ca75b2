import Support
import Testing

@testable import Wire

/// The table against a dictionary and a list, through random insertions, touches and removals.
@Suite struct FlowTableTests {
    private static func key(_ number: Int, isV6: Bool = false, toServer: Bool = true) -> FlowKey {
        let client =
            isV6
            ? IPAddress(high: 0x2001_0DB8 << 32, low: UInt64(number)) : IPAddress(v4: 0x0A00_0000 + UInt32(number))
        let server = isV6 ? IPAddress(high: 0x2001_0DB8 << 32, low: 1 << 40) : IPAddress(v4: 0xC000_0219)
        let ends = (Endpoint(client, 34004), Endpoint(server, 25))
        return FlowKey(
            TCPSegment(
                empty: .syn, from: toServer ? ends.0 : ends.1, to: toServer ? ends.1 : ends.0, path: .plain,
                sequence: TCPSequence(1), acknowledgment: TCPSequence(0)))
    }

    @Test(arguments: [false, true])
    func aKeyIsTheSameInBothDirections(isV6: Bool) {
        let key = Self.key(7, isV6: isV6)
        #expect(key == Self.key(7, isV6: isV6, toServer: false))
        #expect(key != Self.key(8, isV6: isV6))
        #expect(Set([key.low.port, key.high.port]) == [25, 34004])
        #expect(key.low < key.high)
    }

    /// An IPv6 address may hold the same numbers as an IPv4 one.
    @Test func familiesAreToldApart() {
        func key(_ address: IPAddress) -> FlowKey {
            FlowKey(
                TCPSegment(
                    empty: .syn, from: Endpoint(address, 1), to: Endpoint(address, 2), path: .plain,
                    sequence: TCPSequence(1), acknowledgment: TCPSequence(0)))
        }
        #expect(key(IPAddress(v4: 5)) != key(IPAddress(high: 0, low: 5)))
    }

    @Test(arguments: 0..<8 as Range<UInt64>)
    func doesWhatADictionaryAndAListDo(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var table = FlowTable()
        var slots: [Int: Int] = [:]
        var queues: [[Int]] = [[], []]
        for _ in 0..<4000 {
            let number = Int.random(in: 0..<700, using: &random)
            let key = Self.key(number, isV6: number.isMultiple(of: 3))
            let slot = table.slot(of: key, table.hash(key))
            #expect(slot == slots[number])
            let queue = Int.random(in: 0..<2, using: &random)
            if let slot {
                for index in queues.indices { queues[index].removeAll { $0 == slot } }
                if Int.random(in: 0..<3, using: &random) == 0 {
                    table.remove(slot)
                    slots[number] = nil
                    #expect(!table.isTaken(slot))
                    continue
                }
                table.touch(slot, in: queue)
                queues[queue].append(slot)
            } else {
                let slot = table.insert(key, table.hash(key), in: queue)
                #expect(!slots.values.contains(slot))
                #expect(table.key(of: slot) == key)
                slots[number] = slot
                queues[queue].append(slot)
            }
            #expect(table.count == slots.count)
            for queue in 0..<2 {
                #expect(table.count(of: queue) == queues[queue].count)
                #expect(table.stalest(queue) == queues[queue].first)
            }
        }
    }
}
