import HoldfastModel

/// Writes a value as one BLOB of the catalog: numbers as LEB128 varints, text and bytes after their length, a
/// checksum at the end. The encoding is private to one schema version: another one begins a new catalog.
struct RowEncoder {
    private var bytes: [UInt8] = []

    init(capacity: Int = 512) { bytes.reserveCapacity(capacity) }

    /// The row with its checksum.
    consuming func sealed() -> [UInt8] {
        RowChecksum.of(bytes.span).appendBigEndian(to: &bytes)
        return bytes
    }

    mutating func append(_ number: UInt64) {
        var rest = number
        while rest > 0x7f {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    mutating func append(_ number: Int) { append(UInt64(bitPattern: Int64(number))) }
    mutating func append(_ time: Timestamp) { append(UInt64(bitPattern: time.seconds)) }
    mutating func append(_ digest: Digest) { digest.append(to: &bytes) }
    mutating func append(_ id: SnapshotID) { bytes += id.bytes }

    mutating func append(_ run: [UInt8]) {
        append(run.count)
        bytes += run
    }

    mutating func append(_ text: String) {
        append(text.utf8.count)
        bytes += text.utf8
    }

    /// A byte that says whether there is a value, and then the value.
    mutating func append<Value>(_ value: Value?, _ append: (inout RowEncoder, Value) -> Void) {
        bytes.append(value == nil ? 0 : 1)
        if let value { append(&self, value) }
    }

    mutating func append<Value>(_ list: [Value], _ append: (inout RowEncoder, Value) -> Void) {
        self.append(list.count)
        for value in list { append(&self, value) }
    }
}
