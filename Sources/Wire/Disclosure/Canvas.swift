/// A line, and beside it what of it is shown so far: nothing at first.
struct Canvas: ~Escapable {
    private let source: Span<UInt8>
    /// 0 for each octet that is hidden.
    private(set) var octets: [UInt8]

    @_lifetime(copy line)
    init(_ line: Span<UInt8>) {
        source = line
        octets = [UInt8](repeating: 0, count: line.count)
    }

    var count: Int { source.count }

    func line(_ index: Int) -> UInt8 { source[index] }

    /// Shows a part as it is; what is not printable stays hidden.
    mutating func show(_ place: Range<Int>) {
        for index in place.clamped(to: 0..<source.count) where isPrintable(source[index]) {
            octets[index] = source[index]
        }
    }

    /// Shows a part in which mailbox names may stand: of these the leading character alone.
    mutating func showText(_ place: Range<Int>) {
        let place = place.clamped(to: 0..<source.count)
        show(place)
        AddressMask.hideNames(in: &octets, source, place)
    }

    private func isPrintable(_ octet: UInt8) -> Bool { (0x20..<0x7F).contains(octet) || octet == ASCII.tab }

    /// From `start` on up to the next blank; blanks before it are shown, and not part of it.
    func word(from start: Int) -> Range<Int> {
        var begin = min(start, source.count)
        while begin < source.count, ASCII.isBlank(source[begin]) { begin += 1 }
        var end = begin
        while end < source.count, !ASCII.isBlank(source[end]) { end += 1 }
        return begin..<end
    }

    /// Shows blanks; answers where they end.
    mutating func skipBlanks(from start: Int) -> Int {
        var end = min(start, source.count)
        while end < source.count, ASCII.isBlank(source[end]) {
            octets[end] = source[end]
            end += 1
        }
        return end
    }

    func first(_ octet: UInt8, from start: Int) -> Int? {
        var index = start
        while index < source.count {
            if source[index] == octet { return index }
            index += 1
        }
        return nil
    }

    func last(_ octet: UInt8, in place: Range<Int>) -> Int? {
        var index = min(place.upperBound, source.count)
        while index > place.lowerBound {
            index -= 1
            if source[index] == octet { return index }
        }
        return nil
    }

    /// Printable octets as text; empty where there are others, or more than a keyword has.
    func text(_ place: Range<Int>) -> String {
        guard place.count <= 64 else { return "" }
        var result: [UInt8] = []
        for index in place.clamped(to: 0..<source.count) {
            guard isPrintable(source[index]) else { return "" }
            result.append(source[index])
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// The same in capital letters.
    func upperText(_ place: Range<Int>) -> String { String(decoding: text(place).utf8.map(ASCII.upper), as: UTF8.self) }
}
