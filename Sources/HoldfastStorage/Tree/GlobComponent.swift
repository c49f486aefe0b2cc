/// The pattern of one path component: literal bytes, `?` (one byte), `*` (any run of bytes), `[a-z]`, `[!a-z]` or `[^a-z]`,
/// and `\` to take the next byte as it is.
struct GlobComponent: Hashable, Sendable {
    private enum Token: Hashable, Sendable {
        case byte(UInt8)
        case anyByte
        case anyRun
        case oneOf(ByteSet)
    }

    private let tokens: [Token]

    init(_ pattern: ArraySlice<UInt8>) throws(GlobError) {
        var tokens: [Token] = []
        var rest = pattern
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "*"): if tokens.last != .anyRun { tokens.append(.anyRun) }
            case UInt8(ascii: "?"): tokens.append(.anyByte)
            case UInt8(ascii: "["): tokens.append(.oneOf(try Self.byteSet(&rest)))
            case UInt8(ascii: "\\"): tokens.append(.byte(try Self.literal(&rest)))
            default: tokens.append(.byte(byte))
            }
        }
        self.tokens = tokens
    }

    /// Whether the whole name matches; on a mismatch only the last `*` takes one byte more, so the work is at most
    /// name × pattern.
    func matches(_ name: Span<UInt8>) -> Bool {
        var (token, byte) = (0, 0)
        var retry: (token: Int, byte: Int)?
        while byte < name.count {
            if token < tokens.count, tokens[token] == .anyRun {
                retry = (token, byte)
                token += 1
            } else if token < tokens.count, Self.accepts(tokens[token], name[byte]) {
                token += 1
                byte += 1
            } else if let run = retry {
                retry = (run.token, run.byte + 1)
                (token, byte) = (run.token + 1, run.byte + 1)
            } else {
                return false
            }
        }
        return tokens[token...].allSatisfy { $0 == .anyRun }
    }

    private static func accepts(_ token: Token, _ byte: UInt8) -> Bool {
        switch token {
        case .byte(let expected): byte == expected
        case .anyByte: true
        case .anyRun: false
        case .oneOf(let set): set.contains(byte)
        }
    }

    private static func literal(_ rest: inout ArraySlice<UInt8>) throws(GlobError) -> UInt8 {
        guard let byte = rest.popFirst() else { throw .endsInBackslash }
        return byte
    }

    /// Reads what follows a `[`; a `]` that comes first stands for itself.
    private static func byteSet(_ rest: inout ArraySlice<UInt8>) throws(GlobError) -> ByteSet {
        var set = ByteSet()
        let isNegated = rest.first == UInt8(ascii: "!") || rest.first == UInt8(ascii: "^")
        if isNegated { rest.removeFirst() }
        var isFirst = true
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "]"), !isFirst { return isNegated ? set.complement : set }
            isFirst = false
            let low = byte == UInt8(ascii: "\\") ? try literal(&rest) : byte
            let high = try upperBound(&rest) ?? low
            guard low <= high else { throw .emptyRange }
            set.insert(low...high)
        }
        throw .unclosedBracket
    }

    /// The `z` of `a-z`, or nil where no range follows.
    private static func upperBound(_ rest: inout ArraySlice<UInt8>) throws(GlobError) -> UInt8? {
        guard rest.first == UInt8(ascii: "-"), rest.dropFirst().first != UInt8(ascii: "]") else { return nil }
        rest.removeFirst()
        guard let byte = rest.popFirst() else { throw .unclosedBracket }
        return byte == UInt8(ascii: "\\") ? try literal(&rest) : byte
    }
}

/// A set of byte values, one bit each.
private struct ByteSet: Hashable, Sendable {
    private var words: [UInt64] = [0, 0, 0, 0]

    mutating func insert(_ range: ClosedRange<UInt8>) {
        for byte in range { words[Int(byte / 64)] |= 1 << UInt64(byte % 64) }
    }

    func contains(_ byte: UInt8) -> Bool { words[Int(byte / 64)] & (1 << UInt64(byte % 64)) != 0 }

    var complement: ByteSet {
        var set = self
        set.words = words.map { ~$0 }
        return set
    }
}
