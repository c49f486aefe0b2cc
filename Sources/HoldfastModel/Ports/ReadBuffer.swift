import Synchronization

/// Memory that reads fill again and again: to ask the system for fresh memory each time costs as much as the read.
///
/// It serves one user at a time, who may lend it to the thread that reads.
package final class ReadBuffer: Sendable {
    private let bytes = Mutex<[UInt8]>([])

    package init() {}

    /// Takes over bytes that were read elsewhere.
    package func replace(with read: [UInt8]) { bytes.withLock { $0 = read } }

    /// Lends a range of the buffer, whatever is in it. The buffer grows as needed and never shrinks.
    package func withBytes<Failure: Error>(
        in range: Range<Int>, _ body: (inout MutableSpan<UInt8>) throws(Failure) -> Void
    ) throws(Failure) {
        try bytes.withLock { bytes throws(Failure) in
            if bytes.count < range.upperBound { bytes = [UInt8](repeating: 0, count: range.upperBound) }
            var span = bytes.mutableSpan
            var part = span._mutatingExtracting(range)
            try body(&part)
        }
    }
}
