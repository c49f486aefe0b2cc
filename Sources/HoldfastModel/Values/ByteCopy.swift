import Glibc

/// Runs of bytes moved at memory speed: element by element, spans cost a bounds check a byte.
extension MutableSpan<UInt8> {
    /// Writes `source` from `offset` on; it must fit.
    package mutating func copy(_ source: Span<UInt8>, at offset: Int = 0) {
        precondition(offset >= 0 && source.count <= count - offset)
        unsafe withUnsafeMutableBufferPointer { target in
            unsafe source.withUnsafeBufferPointer { source in
                guard let from = source.baseAddress, let to = target.baseAddress else { return }
                unsafe (to + offset).update(from: from, count: source.count)
            }
        }
    }

    /// Moves the bytes of `range`, which may overlap where they go.
    package mutating func moveToFront(_ range: Range<Int>) {
        precondition(range.lowerBound >= 0 && range.upperBound <= count)
        unsafe withUnsafeMutableBufferPointer { bytes in
            guard let start = bytes.baseAddress else { return }
            unsafe start.update(from: start + range.lowerBound, count: range.count)
        }
    }
}

extension Span<UInt8> {
    /// Whether another run has the same bytes; not for secrets, since the time that it takes tells where they differ.
    package func hasSameBytes(as other: Span<UInt8>) -> Bool {
        guard count == other.count else { return false }
        return unsafe withUnsafeBufferPointer { bytes in
            unsafe other.withUnsafeBufferPointer { other in
                guard let a = bytes.baseAddress, let b = other.baseAddress else { return true }
                return unsafe memcmp(a, b, bytes.count) == 0
            }
        }
    }
}

extension [UInt8] {
    /// Room that nobody has written to: it takes memory where it is written, and only then. Read nothing that was not written before.
    package static func room(for count: Int) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: count) { _, written in written = count }
    }

    package mutating func append(contentsOf source: Span<UInt8>) {
        unsafe source.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
    }
}
