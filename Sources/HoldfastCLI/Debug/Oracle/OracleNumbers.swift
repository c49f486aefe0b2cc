/// Makes whole numbers of a case's others, since our JSON knows no others (`docs/FORMAT.md`): 30.0 is 30, and a clock that is 300.5
/// seconds wrong is more than 300 wrong, so what is over is rounded away from zero.
enum OracleNumbers {
    static func whole(in text: String) -> [UInt8] {
        var (result, number, isInString, isEscaped) = ([UInt8](), [UInt8](), false, false)
        for byte in text.utf8 {
            if !isInString, isNumeric(byte, after: number.last) {
                number.append(byte)
                continue
            }
            result += whole(number)
            number = []
            result.append(byte)
            if byte == UInt8(ascii: "\""), !isEscaped { isInString.toggle() }
            isEscaped = isInString && !isEscaped && byte == UInt8(ascii: "\\")
        }
        return result + whole(number)
    }

    /// Letters only within a number: `true` and `false` have an `e` too.
    private static func isNumeric(_ byte: UInt8, after last: UInt8?) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): true
        case UInt8(ascii: "."), UInt8(ascii: "+"), UInt8(ascii: "e"), UInt8(ascii: "E"): last != nil
        default: false
        }
    }

    private static func whole(_ number: [UInt8]) -> [UInt8] {
        let text = String(decoding: number, as: UTF8.self)
        guard text.contains(where: { ".eE".contains($0) }), let value = Double(text),
            let whole = Int64(exactly: value.rounded(.awayFromZero))
        else { return number }
        return Array("\(whole)".utf8)
    }
}
