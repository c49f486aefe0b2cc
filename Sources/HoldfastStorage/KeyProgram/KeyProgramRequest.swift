import HoldfastFormat
import HoldfastModel

/// What a program is asked, in the words of `docs/KEY_MANAGERS.md`.
enum KeyProgramRequest: Hashable, Sendable {
    case list
    case describe(key: String)
    case recordUse(key: String, repository: RepositoryID)
    /// `plaintext` is base64.
    case wrap(key: String, context: EncryptionContext, plaintext: String)
    case unwrap(key: String, context: EncryptionContext, wrapped: [UInt8])
    case scheduleDeletion(key: String, days: Int64)
    case cancelDeletion(key: String)
    case disable(key: String)
    case enable(key: String)

    private static let version: Int64 = 1

    var json: JSONObject {
        switch self {
        case .list: Self.members("list")
        case .describe(let key): Self.members("describe", key)
        case .recordUse(let key, let repository): Self.members("record_use", key, ["repository": .text(repository)])
        case .wrap(let key, let context, let plaintext):
            Self.members("wrap", key, ["context": .object(context.members), "plaintext": .string(plaintext)])
        case .unwrap(let key, let context, let wrapped):
            Self.members("unwrap", key, ["context": .object(context.members), "wrapped": .base64(wrapped)])
        case .scheduleDeletion(let key, let days): Self.members("schedule_deletion", key, ["days": .integer(days)])
        case .cancelDeletion(let key): Self.members("cancel_deletion", key)
        case .disable(let key): Self.members("disable", key)
        case .enable(let key): Self.members("enable", key)
        }
    }

    private static func members(_ name: String, _ key: String? = nil, _ others: JSONObject = [:]) -> JSONObject {
        var json: JSONObject = ["holdfast": .integer(version), "request": .string(name)]
        if let key { json.append("key", .string(key)) }
        for member in others.members { json.append(member.name, member.value) }
        return json
    }
}

extension EncryptionContext {
    /// Sorted by name, so that one context is one text.
    fileprivate var members: JSONObject {
        pairs.sorted { $0.key < $1.key }.reduce(into: JSONObject()) { $0.append($1.key, .string($1.value)) }
    }
}
