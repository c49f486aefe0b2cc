extension MutableSpan where Element == UInt8 {
    /// Copies `bytes` to `offset`; they must fit.
    mutating func write(_ bytes: Span<UInt8>, at offset: Int) {
        for index in bytes.indices { self[offset + index] = bytes[index] }
    }
}
