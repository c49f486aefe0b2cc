import HoldfastFormat
import HoldfastModel

/// The document as JSON; nothing unknown is let through, since a write would lose it.
extension KeyringDocument {
    private static let formatVersion: Int64 = 1
    /// The problem of the member `format` in a keyring of a later version, which is no damage.
    static let newer = "is newer"

    /// All members but the MAC.
    var json: JSONObject {
        [
            "format": .integer(Self.formatVersion), "keyring": .text(id), "generation": .integer(generation),
            "seen": .text(seen), "kdf": .object(kdf.json), "check": .base64(check),
            "keys": .array(keys.map { .object($0.json) }),
        ]
    }

    init(_ json: JSONObject) throws(JSONError) {
        let format = try json.integer("format")
        guard format <= Self.formatVersion else { throw .member("format", problem: Self.newer) }
        guard format == Self.formatVersion else { throw .member("format", problem: "is not \(Self.formatVersion)") }
        try json.refuseMembers(besides: ["format", "keyring", "generation", "seen", "kdf", "check", "keys", "mac"])
        id = try json.id("keyring")
        generation = try json.integer("generation")
        seen = try json.optional("seen", json.time)
        kdf = try KeyringKDF(try json.object("kdf"))
        check = try json.base64("check", count: 32)
        keys = try json.objects("keys").map { json throws(JSONError) in try KeyringKey(json) }
        guard generation > 0 else { throw .member("generation", problem: "is not above 0") }
        guard Set(keys.map(\.id)).count == keys.count else { throw .member("keys", problem: "names a key twice") }
    }
}

extension KeyringKDF {
    fileprivate var json: JSONObject {
        switch self {
        case .none(let salt): ["name": "none", "salt": .base64(salt)]
        case .scrypt(let cost, let parallelism, let salt):
            [
                "name": "scrypt", "n": .integer(Int64(cost)), "r": .integer(Int64(Self.blockSize)),
                "p": .integer(Int64(parallelism)), "salt": .base64(salt),
            ]
        }
    }

    fileprivate init(_ json: JSONObject) throws(JSONError) {
        let salt = try json.base64("salt", count: Self.saltByteCount)
        switch try json.string("name") {
        case "none":
            try json.refuseMembers(besides: ["name", "salt"])
            self = .none(salt: salt)
        case "scrypt":
            try json.refuseMembers(besides: ["name", "n", "r", "p", "salt"])
            let (cost, blockSize, parallelism) = (try json.integer("n"), try json.integer("r"), try json.integer("p"))
            guard cost >= 2, cost <= Self.maximumCost, cost & (cost - 1) == 0 else {
                throw .member("n", problem: "is not a power of two up to \(Self.maximumCost)")
            }
            guard blockSize == Self.blockSize else { throw .member("r", problem: "is not \(Self.blockSize)") }
            guard (1...Int64(Self.maximumParallelism)).contains(parallelism) else {
                throw .member("p", problem: "is not from 1 to \(Self.maximumParallelism)")
            }
            self = .scrypt(cost: UInt64(cost), parallelism: UInt32(parallelism), salt: salt)
        default: throw .member("kdf", problem: "is neither scrypt nor none")
        }
    }
}

extension KeyringKey {
    fileprivate var json: JSONObject {
        switch content {
        case .destroyed(let date): ["id": .text(id), "label": .string(label), "destroyed": .text(date)]
        case .sealed(let key):
            sealedJSON(key)
        }
    }

    private func sealedJSON(_ key: SealedCMK) -> JSONObject {
        var json: JSONObject = [
            "id": .text(id), "label": .string(label), "project": .string(key.project), "created": .text(key.created),
            "state": .string(state.rawValue), "destroy_after": .text(deletionDate), "salt": .base64(key.salt),
            "sealed": .base64(key.sealed),
        ]
        if !key.repositories.isEmpty {
            json.append("repositories", .array(key.repositories.sorted().map { .text($0) }))
        }
        return json
    }

    fileprivate init(_ json: JSONObject) throws(JSONError) {
        id = try json.id("id")
        label = try json.string("label")
        if json["destroyed"] != nil {
            try json.refuseMembers(besides: ["id", "label", "destroyed"])
            content = .destroyed(try json.time("destroyed"))
        } else {
            try json.refuseMembers(
                besides: ["id", "label", "project", "created", "state", "destroy_after", "salt", "sealed", "repositories"])
            content = .sealed(try SealedCMK(json))
        }
    }
}

extension SealedCMK {
    fileprivate init(_ json: JSONObject) throws(JSONError) {
        project = try json.string("project")
        created = try json.time("created")
        salt = try json.base64("salt", count: Self.saltByteCount)
        sealed = try json.base64("sealed", count: Self.sealedByteCount)
        let names = json["repositories"] == nil ? [] : try json.strings("repositories")
        repositories = Set(names.compactMap(RepositoryID.init))
        guard repositories.count == names.count else { throw .member("repositories", problem: "does not list ids, each once") }
        switch (try json.string("state"), try json.optional("destroy_after", json.time)) {
        case (CMKState.enabled.rawValue, nil): state = .enabled
        case (CMKState.disabled.rawValue, nil): state = .disabled
        case (CMKState.pendingDeletion.rawValue, let date?): state = .pendingDeletion(after: date)
        default: throw .member("state", problem: "does not go with its destroy_after")
        }
    }
}
