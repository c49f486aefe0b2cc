import HoldfastModel

/// A small message read whole: for what stands once in an object. Unknown fields are passed over unless critical, however often they
/// stand; a known one twice is refused, but for those that repeat.
///
/// Holds ranges, not copies: what is secret in `bytes` is not spread.
struct WireMessage {
    private let source: [UInt8]
    private var numbers: [UInt64: UInt64] = [:]
    private var runs: [UInt64: [Range<Int>]] = [:]

    /// Reads `range` of `bytes`, or all of them, as a message whose fields are known up to number `known`.
    init(
        _ bytes: [UInt8], _ range: Range<Int>? = nil, known: UInt64, repeating: Set<UInt64> = []
    ) throws(FormatError) {
        source = bytes
        var reader = WireReader(bytes, range)
        while let field = try reader.next() {
            guard field.number <= known else {
                try field.requireSkippable()
                continue
            }
            switch field {
            case .number(let number, let value):
                try requireFirst(number)
                numbers[number] = value
            case .bytes(let number, let run):
                if !repeating.contains(number) || numbers[number] != nil { try requireFirst(number) }
                runs[number, default: []].append(run)
            }
        }
    }

    private func requireFirst(_ number: UInt64) throws(FormatError) {
        guard numbers[number] == nil, runs[number] == nil else { throw .malformed("field \(number) twice") }
    }

    /// Zero where it is left out.
    func number(_ field: UInt64) -> UInt64 { numbers[field] ?? 0 }
    /// Empty where it is left out.
    func bytes(_ field: UInt64) -> [UInt8] { runs[field]?.first.map { Array(source[$0]) } ?? [] }
    func repeated(_ field: UInt64) -> [[UInt8]] { (runs[field] ?? []).map { Array(source[$0]) } }
    func contains(_ field: UInt64) -> Bool { runs[field] != nil || numbers[field] != nil }

    /// A key of 32 bytes, nowhere else but where it is kept.
    func secret(_ field: UInt64, _ name: String) throws(FormatError) -> Secret {
        guard let run = runs[field]?.first, run.count == 32 else { throw .malformed(name) }
        return Secret(copying: source.span.extracting(run))
    }

    func message(
        _ field: UInt64, _ name: String, known: UInt64, repeating: Set<UInt64> = []
    ) throws(FormatError) -> WireMessage {
        guard let run = runs[field]?.first else { throw .malformed(name) }
        return try WireMessage(source, run, known: known, repeating: repeating)
    }

    func messages(_ field: UInt64, known: UInt64) throws(FormatError) -> [WireMessage] {
        try (runs[field] ?? []).map { run throws(FormatError) in try WireMessage(source, run, known: known) }
    }
}
