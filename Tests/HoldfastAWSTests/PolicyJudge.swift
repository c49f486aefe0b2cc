import HoldfastFormat

/// Reads a policy as IAM does, as far as ours go: an explicit Deny wins, what nothing allows is denied.
struct PolicyJudge {
    let policy: JSONObject

    /// Whether an action on a resource is allowed in a request with these condition keys.
    func allows(_ action: String, _ resource: String, _ keys: [String: String] = [:]) throws -> Bool {
        var isAllowed = false
        for statement in try policy.objects("Statement") {
            let matches =
                try Self.texts(statement["Action"]).contains(action)
                && Self.texts(statement["Resource"]).contains { Self.matches($0, resource) }
                && fits(statement, keys)
            guard matches else { continue }
            if try statement.string("Effect") == "Deny" { return false }
            isAllowed = true
        }
        return isAllowed
    }

    private func fits(_ statement: JSONObject, _ keys: [String: String]) throws -> Bool {
        guard let condition = try statement.optional("Condition", statement.object) else { return true }
        for block in condition.members {
            guard case .object(let pairs) = block.value else { return false }
            for pair in pairs.members {
                let (values, actual) = (Self.texts(pair.value), keys[pair.name])
                let fits =
                    switch block.name {
                    case "StringEquals", "Bool": actual.map(values.contains) ?? false
                    case "StringLikeIfExists": actual.map { actual in values.contains { Self.matches($0, actual) } } ?? true
                    case "Null": values == [actual == nil ? "true" : "false"]
                    default: throw JSONError.member(block.name, problem: "is not known to this judge")
                    }
                if !fits { return false }
            }
        }
        return true
    }

    private static func texts(_ value: JSONValue?) -> [String] {
        switch value {
        case .string(let text): [text]
        case .array(let values): values.flatMap { texts($0) }
        default: []
        }
    }

    /// `*` stands for anything, slashes included.
    private static func matches(_ pattern: String, _ text: String) -> Bool {
        let parts = pattern.split(separator: "*", omittingEmptySubsequences: false).map(String.init)
        guard parts.count > 1 else { return pattern == text }
        guard text.hasPrefix(parts[0]), text.hasSuffix(parts[parts.count - 1]) else { return false }
        var rest = text.dropFirst(parts[0].count)
        for part in parts[1..<(parts.count - 1)] where !part.isEmpty {
            guard let range = rest.firstRange(of: part) else { return false }
            rest = rest[range.upperBound...]
        }
        return rest.count >= parts[parts.count - 1].count
    }
}
