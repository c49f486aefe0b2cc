import HoldfastModel

/// What a scalar must be. Each answers nil, and tells why, where it is something else.
extension YAMLPlace {
    /// Any scalar as it is written: nobody who writes `filename: 2024` means a number.
    func text(_ meaning: String = "must be text") -> String? {
        guard case .scalar(let text, let kind) = value.content else {
            report(meaning)
            return nil
        }
        let fault: String? =
            if kind == .null { "has no value; write one, or take it out" } else if text.isEmpty {
                "is empty; write something, or take it out"
            } else if text.utf8.contains(0) {
                "holds a zero byte"
            } else { nil }
        guard let fault else { return text }
        report(fault)
        return nil
    }

    func texts() -> [String] { list()?.compactMap { $0.text() } ?? [] }

    func name() -> String? {
        guard let text = text() else { return nil }
        guard ProjectNames.isName(text) else {
            report("not a name: 1 to \(ProjectNames.maximumByteCount) bytes, without / and control characters")
            return nil
        }
        return text
    }

    /// A scalar for which `read` has an answer; else `meaning` is told.
    func scalar<Value>(_ meaning: String, _ read: (String, YAMLValue.ScalarKind) -> Value?) -> Value? {
        if case .scalar(let text, let kind) = value.content, let answer = read(text, kind) { return answer }
        report(meaning)
        return nil
    }

    func integer(_ meaning: String, in range: ClosedRange<Int>) -> Int? {
        scalar(meaning) { text, kind in
            guard kind == .number, let number = Int(text), range.contains(number) else { return nil }
            return number
        }
    }

    func flag() -> Bool? {
        scalar("true or false") { text, kind in kind == .boolean ? ["true", "yes", "on"].contains(text.lowercased()) : nil }
    }

    /// YAML reads an unquoted `on` as a boolean; `yes` and `true` are booleans too, and refused.
    func onOrOff() -> Bool? {
        scalar("on or off") { text, _ in
            switch text {
            case "on", "On", "ON": true
            case "off", "Off", "OFF": false
            default: nil
            }
        }
    }

    func choice<Choice: RawRepresentable & CaseIterable>(_: Choice.Type = Choice.self) -> Choice?
    where Choice.RawValue == String {
        let names = Choice.allCases.map(\.rawValue)
        return scalar(names.dropLast().joined(separator: ", ") + " or \(names.last ?? "")") { text, _ in Choice(rawValue: text) }
    }

    /// A short time as people say it: `90 seconds`, `10 minutes`, `2 hours`; up to a day.
    func seconds() -> Int64? {
        scalar("write a number and seconds, minutes or hours, up to a day") { text, _ in
            let words = text.split(separator: " ")
            let units: [Substring: Int64] = [
                "second": 1, "seconds": 1, "minute": 60, "minutes": 60, "hour": 3600, "hours": 3600,
            ]
            guard words.count == 2, let count = Int64(words[0]), (1...86_400).contains(count), let unit = units[words[1]],
                count * unit <= 86_400
            else { return nil }
            return count * unit
        }
    }

    /// From one unit to 100 years; from nothing at all where that makes sense.
    func period(_ meaning: String = Period.rule, zeroAllowed: Bool = false) -> Period? {
        scalar(meaning) { text, _ in
            guard let period = Period(written: text), period.count > 0 || zeroAllowed else { return nil }
            return period
        }
    }

    func byteCount(in range: ClosedRange<Int>) -> Int? {
        let (least, most) = (ByteCount(Int64(range.lowerBound)), ByteCount(Int64(range.upperBound)))
        return scalar("a size from \(least) to \(most), such as 16 MiB") { text, _ in
            guard let count = ByteCount(text), (least...most).contains(count) else { return nil }
            return Int(count.bytes)
        }
    }

    func id() -> RepositoryID? {
        scalar("not a repository's id: 32 digits, 0-9 and a-f") { text, _ in RepositoryID(text) }
    }
}
