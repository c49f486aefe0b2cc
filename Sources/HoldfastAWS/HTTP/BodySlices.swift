import NIOCore

/// A long body in slices that are made when they are sent, so that it is not copied whole beside itself: four packs at once would be
/// felt.
struct BodySlices: AsyncSequence, Sendable {
    private static let length = 256 << 10

    let bytes: [UInt8]

    struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let bytes: [UInt8]
        fileprivate var position = 0

        mutating func next() -> ByteBuffer? {
            guard position < bytes.count else { return nil }
            let end = Swift.min(position + BodySlices.length, bytes.count)
            defer { position = end }
            return ByteBuffer(bytes: bytes[position..<end])
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(bytes: bytes) }
}
