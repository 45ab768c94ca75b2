import Wire

/// Protected records that are stepped over, up to one of which octets are still to come.
struct RecordInProgress: Sendable, Equatable {
    /// Octets that are to come: none where a record's header is next, negative where the reader must see them. A record is
    /// shorter than 2¹⁶ octets.
    var left: Int32 = -1
    /// Octets of it, or of others before it, were stepped over of which the reader does not know.
    private(set) var hasSkipped = false
    /// Records that were begun among these.
    private(set) var records: Int32 = 0

    /// Leaves everything as it is where octets have to be read: those of a header that is split, or of another record.
    @inline(__always)
    mutating func step(over octets: Span<UInt8>, _ maySkipRecords: Bool) -> Bool {
        if octets.count <= Int(left) {
            left -= Int32(octets.count)
            hasSkipped = true
            return true
        }
        return maySkipRecords && left >= 0 && records < .max / 2 && stepOverRecords(octets)
    }

    private mutating func stepOverRecords(_ octets: Span<UInt8>) -> Bool {
        var end = Int(left)
        var begun: Int32 = 0
        while end < octets.count {
            guard let length = TLSRecordHeader.lengthOfApplicationData(in: octets, at: end) else { return false }
            end += TLSRecordHeader.size + length
            begun += 1
        }
        left = Int32(end - octets.count)
        records += begun
        hasSkipped = true
        return true
    }

    mutating func forgetSkipped() {
        hasSkipped = false
        records = 0
    }
}
