/// A small message read whole: for what stands once in an object. Unknown fields are passed over; a number twice is refused.
struct WireMessage {
    private var numbers: [UInt64: UInt64] = [:]
    private var runs: [UInt64: [[UInt8]]] = [:]

    init(_ bytes: [UInt8]) throws(FormatError) {
        var reader = WireReader(bytes)
        while let field = try reader.next() {
            switch field {
            case .number(let number, let value):
                guard numbers.updateValue(value, forKey: number) == nil else { throw .malformed("field \(number) twice") }
            case .bytes(let number, let run): runs[number, default: []].append(Array(bytes[run]))
            }
        }
    }

    /// Zero where it is left out.
    func number(_ field: UInt64) -> UInt64 { numbers[field] ?? 0 }
    /// Empty where it is left out.
    func bytes(_ field: UInt64) -> [UInt8] { runs[field]?.first ?? [] }
    func repeated(_ field: UInt64) -> [[UInt8]] { runs[field] ?? [] }

    func message(_ field: UInt64, _ name: String) throws(FormatError) -> WireMessage {
        guard let run = runs[field], run.count == 1 else { throw .malformed(name) }
        return try WireMessage(run[0])
    }
}
