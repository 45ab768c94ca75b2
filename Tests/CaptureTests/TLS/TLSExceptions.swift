/// Where Earshot and tshark differ, and why that is right.
enum TLSExceptions {
    static let entries: [Exceptions.Entry] = []
}
