import CPcap

/// Link types as files number them.
public enum LinkTypeInFile {
    /// The number (LINKTYPE_…) of what libpcap calls `dataLink` (DLT_…).
    public static func number(of dataLink: Int32) -> Int32 {
        switch dataLink {
        case DLT_ATM_RFC1483: 100
        case DLT_RAW: 101
        case DLT_SLIP_BSDOS: 102
        case DLT_PPP_BSDOS: 103
        case DLT_ATM_CLIP: 106
        case DLT_PFSYNC: 246
        default: dataLink
        }
    }
}
