import CPcap

/// Link types as files number them (LINKTYPE_…) and as libpcap does (DLT_…); the two differ for a few old ones.
enum LinkTypeNumber {
    /// What libpcap calls the link type that a file gives as `number`.
    static func dataLink(ofFile number: UInt32) -> Int32 {
        switch number {
        case 100: DLT_ATM_RFC1483
        case 101: DLT_RAW
        case 102: DLT_SLIP_BSDOS
        case 103: DLT_PPP_BSDOS
        case 106: DLT_ATM_CLIP
        case 246: DLT_PFSYNC
        default: Int32(truncatingIfNeeded: number)
        }
    }

    /// The longest packet of a link type that is believed, in octets (libpcap's MAXIMUM_SNAPLEN and its exceptions).
    static func maximumSnapLength(_ linkType: Int32) -> UInt32 {
        switch linkType {
        case DLT_DBUS: 128 << 20
        case DLT_EBHSCR: 8 << 20
        case DLT_USBPCAP: 1 << 20
        default: 262_144
        }
    }

    /// The snapshot length that a file means: 0, and what is no positive `int`, stand for the maximum.
    static func snapLength(_ value: UInt32, of linkType: Int32) -> UInt32 {
        value == 0 || value > UInt32(Int32.max) ? maximumSnapLength(linkType) : value
    }

    /// A name, as libpcap gives it.
    static func name(_ linkType: Int32) -> String {
        unsafe pcap_datalink_val_to_name(linkType).map { unsafe String(cString: $0) } ?? "unknown"
    }
}
