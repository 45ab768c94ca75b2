import Testing

@testable import Findings
@testable import Reports
@testable import Wire

@Suite struct CommunityIDTests {
    private func v4(_ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32) -> IPAddress {
        IPAddress(v4: a << 24 | b << 16 | c << 8 | d)
    }

    /// From the baseline of the specification.
    @Test func knownValue() {
        let one = Endpoint(v4(128, 232, 110, 120), 34855)
        let other = Endpoint(v4(66, 35, 250, 204), 80)
        #expect(CommunityID.text(one, other) == "1:LQU9qZlK+B5F3KDmev6m5PMibrg=")
        #expect(CommunityID.text(other, one) == "1:LQU9qZlK+B5F3KDmev6m5PMibrg=")
    }

    @Test func sixteenOctetAddressesAreHashedWhole() {
        let one = Endpoint(IPAddress(high: 0x2001_0DB8_0000_0000, low: 1), 34004)
        let other = Endpoint(IPAddress(high: 0x2001_0DB8_0000_0000, low: 2), 25)
        // Computed apart from this code, with Python's hashlib.
        #expect(CommunityID.text(one, other) == "1:kC8CAjyFDTFxN1Te0xzc4ETNQT8=")
    }

    @Test(arguments: [
        ([], ""), ([0x66], "Zg=="), ([0x66, 0x6F], "Zm8="), ([0x66, 0x6F, 0x6F], "Zm9v"),
        ([0xFF, 0xFE, 0xFD, 0xFC], "//79/A=="),
    ])
    func base64(_ octets: [UInt8], _ text: String) {
        var digits: [UInt8] = []
        Base64.append(octets, to: &digits)
        #expect(String(decoding: digits, as: UTF8.self) == text)
    }
}

@Suite struct WiresharkFilterTests {
    @Test func connection() {
        #expect(
            WiresharkFilter.connection(Sample.client, Sample.server)
                == "ip.addr==192.0.2.10 && tcp.port==34004 && ip.addr==192.0.2.25 && tcp.port==587")
    }

    @Test func sixteenOctetAddressesHaveTheirOwnField() {
        let client = Endpoint(IPAddress(high: 0x2001_0DB8_0000_0000, low: 1), 34004)
        let server = Endpoint(IPAddress(high: 0x2001_0DB8_0000_0000, low: 2), 25)
        #expect(
            WiresharkFilter.connection(client, server)
                == "ipv6.addr==2001:db8::1 && tcp.port==34004 && ipv6.addr==2001:db8::2 && tcp.port==25")
    }

    @Test func hopAndFrame() {
        let key = HopKey(Sample.plaintext())
        #expect(WiresharkFilter.hop(key) == "ip.addr==192.0.2.10 && ip.addr==192.0.2.25 && tcp.port==587")
        #expect(WiresharkFilter.frame(FrameNumber(12)) == "frame.number==12")
    }
}
