/// What files are read into. Most files are small, and many of them are read at once; a large one keeps the other cores busy by itself.
struct ReadWindows: Sendable {
    private static let smallByteCount = 1 << 20

    private let small: BufferPool
    /// Each holds more than one chunk of the greatest length.
    let large: BufferPool

    /// Windows for `count` files at once, half as many of which may be larger than 1 MiB.
    init(count: Int, chunkByteCount: Int) {
        small = BufferPool(count: count, byteCount: Self.smallByteCount)
        large = BufferPool(count: (count + 1) / 2, byteCount: chunkByteCount + (1 << 20))
    }

    /// Those that hold a file of this length whole, or else the large ones.
    func fitting(_ byteCount: Int) -> BufferPool { byteCount <= Self.smallByteCount ? small : large }
}
