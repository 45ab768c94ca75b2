/// Numbers that nobody outside of the process can know, so that nobody can choose octets that meet in one slot.
///
/// They follow from the keys of the standard library's hashes, which are random in each process; unless
/// `SWIFT_DETERMINISTIC_HASHING` is set, as it is where instructions are counted: those are the same in each run then.
enum Unguessable {
    static func number(for purpose: Purpose) -> UInt64 {
        var hasher = Hasher()
        hasher.combine(purpose)
        return UInt64(bitPattern: Int64(hasher.finalize()))
    }

    enum Purpose: Hashable {
        case flow(Int)
        case octets, clientHello
    }
}
