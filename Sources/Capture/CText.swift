/// Text that a C library has put into a buffer of ours.
enum CText {
    /// What stands before the zero that ends it.
    static func text(_ buffer: [CChar]) -> String {
        String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
