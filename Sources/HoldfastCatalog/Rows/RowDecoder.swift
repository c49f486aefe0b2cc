import HoldfastModel

/// Reads what `RowEncoder` wrote; anything else is a damaged row, which makes the whole catalog one to throw away.
struct RowDecoder {
    private let bytes: [UInt8]
    private let end: Int
    private var offset = 0
    private let texts: TextPool

    /// Checks the checksum before anything is read. `texts`: one for all rows that are read together.
    init(sealed bytes: [UInt8], texts: TextPool = TextPool()) throws(RowDamage) {
        end = bytes.count - RowChecksum.byteCount
        guard end >= 0, RowChecksum.of(bytes.span.extracting(0..<end)) == UInt64(bigEndian: bytes.span, at: end) else {
            throw RowDamage()
        }
        self.bytes = bytes
        self.texts = texts
    }

    /// To be called last: a row holds its value and nothing more.
    func finish() throws(RowDamage) {
        guard offset == end else { throw RowDamage() }
    }

    mutating func byte() throws(RowDamage) -> UInt8 { bytes[try run(of: 1).lowerBound] }
    mutating func number() throws(RowDamage) -> Int { Int(Int64(bitPattern: try unsigned())) }
    mutating func time() throws(RowDamage) -> Timestamp {
        guard let time = Timestamp(foreign: Int64(bitPattern: try unsigned())) else { throw RowDamage() }
        return time
    }
    mutating func blob() throws(RowDamage) -> [UInt8] { Array(bytes[try run(of: try number())]) }

    mutating func unsigned() throws(RowDamage) -> UInt64 {
        var (number, shift): (UInt64, UInt64) = (0, 0)
        while true {
            guard offset < end, shift < 64 else { throw RowDamage() }
            let byte = bytes[offset]
            offset += 1
            number |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return number }
            shift += 7
        }
    }

    mutating func text() throws(RowDamage) -> String {
        let range = try run(of: try number())
        return texts.text(bytes.span.extracting(range))
    }

    mutating func cmk() throws(RowDamage) -> CMK {
        let range = try run(of: try number())
        guard let cmk = texts.cmk(bytes.span.extracting(range)) else { throw RowDamage() }
        return cmk
    }

    mutating func digest() throws(RowDamage) -> Digest {
        let range = try run(of: Digest.byteCount)
        guard let digest = Digest(bytes: bytes.span.extracting(range)) else { throw RowDamage() }
        return digest
    }

    mutating func snapshotID() throws(RowDamage) -> SnapshotID {
        let range = try run(of: SnapshotID.byteCount)
        guard let id = SnapshotID(bytes: bytes.span.extracting(range)) else { throw RowDamage() }
        return id
    }

    mutating func optional<Value>(_ read: (inout RowDecoder) throws(RowDamage) -> Value) throws(RowDamage) -> Value? {
        switch try byte() {
        case 0: nil
        case 1: try read(&self)
        default: throw RowDamage()
        }
    }

    mutating func list<Value>(_ read: (inout RowDecoder) throws(RowDamage) -> Value) throws(RowDamage) -> [Value] {
        let count = try number()
        // Every value takes a byte at least, so a rotten count cannot ask for more than the row holds.
        guard (0...(end - offset)).contains(count) else { throw RowDamage() }
        var values: [Value] = []
        values.reserveCapacity(count)
        for _ in 0..<count { values.append(try read(&self)) }
        return values
    }

    private mutating func run(of count: Int) throws(RowDamage) -> Range<Int> {
        guard count >= 0, count <= end - offset else { throw RowDamage() }
        defer { offset += count }
        return offset..<(offset + count)
    }
}

/// A row of the catalog is not what was written.
struct RowDamage: Error {}
