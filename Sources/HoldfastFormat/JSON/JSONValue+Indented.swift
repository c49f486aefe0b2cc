extension JSONValue {
    /// For people, and for forms that they paste it into: two blanks a level, short lists in one line.
    package var indented: String { indented(0) }

    private func indented(_ level: Int) -> String {
        switch self {
        case .array(let elements) where elements.count > 1: Self.block("[", elements.map { $0.indented(level + 1) }, "]", level)
        case .array(let elements): "[\(elements.map { $0.indented(level) }.joined())]"
        case .object(let object):
            Self.block(
                "{",
                object.members.map { member in
                    "\(JSONValue.string(member.name).indented(0)): \(member.value.indented(level + 1))"
                }, "}", level)
        case .null, .bool, .integer, .string: String(decoding: serialized, as: UTF8.self)
        }
    }

    private static func block(_ opening: String, _ lines: [String], _ closing: String, _ level: Int) -> String {
        guard !lines.isEmpty else { return opening + closing }
        let indent = "\n" + String(repeating: "  ", count: level)
        return opening + lines.map { "\(indent)  \($0)" }.joined(separator: ",") + indent + closing
    }
}
