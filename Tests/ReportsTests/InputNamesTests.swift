import Testing

@testable import Reports
@testable import Wire

@Suite struct InputNamesTests {
    @Test(arguments: [
        (["/a/x.pcap", "b/y.pcap"], ["x.pcap", "y.pcap"]), (["a/x.pcap", "b/x.pcap"], ["a/x.pcap", "b/x.pcap"]),
        (["-"], ["-"]), (["x/"], ["x"]), (["/"], ["/"]), (["x.pcap", "x.pcap"], ["x.pcap", "x.pcap"]),
    ])
    func foldersAreLeftOutWhereNamesStayApart(_ names: [String], _ short: [String]) {
        let inputs = InputNames(names: names)
        for (index, name) in short.enumerated() {
            #expect(inputs.short(FrameNumber(file: UInt32(index), 1)) == name)
            #expect(inputs[FrameNumber(file: UInt32(index), 1)] == names[index])
        }
    }

    @Test func anUnknownInputHasANumber() {
        #expect(InputNames(names: [])[FrameNumber(file: 7, 1)] == "input 7")
    }
}
