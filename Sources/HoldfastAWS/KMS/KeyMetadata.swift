import HoldfastFormat
import HoldfastModel

/// What DescribeKey says of a key.
struct KeyMetadata: Hashable, Sendable {
    let arn: KeyARN
    let state: CMKState
    let label: String
    let created: Timestamp?
    let deletionDate: Timestamp?
    /// Where the key's material comes from: `AWS_KMS`, `EXTERNAL`, `AWS_CLOUDHSM`, `EXTERNAL_KEY_STORE`.
    let origin: String
    /// The members of a multi-Region key's family, this one included; empty for one that has none.
    let family: [KeyARN]
    /// Whether it can wrap at all: a customer's own, symmetric, for encryption.
    let isSuitable: Bool

    init(_ answer: JSONObject) throws(JSONError) {
        let key = try answer.object("KeyMetadata")
        arn = try Self.arn("Arn", in: key)
        state = try Self.state(of: key)
        label = try key.optional("Description", key.string) ?? ""
        created = try key.optional("CreationDate", key.instant)
        // Imported material that expires makes the key useless from then on: it counts as that date's deletion.
        let expiry = try key.optional("ValidTo", key.instant)
        deletionDate = try key.optional("DeletionDate", key.instant) ?? expiry
        origin = try key.optional("Origin", key.string) ?? ""
        family = try Self.family(of: key)
        let usage = try key.optional("KeyUsage", key.string) ?? "ENCRYPT_DECRYPT"
        let spec = try key.optional("KeySpec", key.string) ?? "SYMMETRIC_DEFAULT"
        let manager = try key.optional("KeyManager", key.string) ?? "CUSTOMER"
        isSuitable = (usage, spec, manager) == ("ENCRYPT_DECRYPT", "SYMMETRIC_DEFAULT", "CUSTOMER")
    }

    /// `docs/RETENTION.md`, section 3.1: what is not known to be usable is never called so.
    private static func state(of key: JSONObject) throws(JSONError) -> CMKState {
        switch try key.string("KeyState") {
        // While a family gets another primary the key goes on wrapping and unwrapping.
        case "Enabled", "Updating": .enabled
        case "Disabled": .disabled
        case "PendingDeletion": .pendingDeletion
        case "PendingReplicaDeletion": .pendingReplicaDeletion
        case "PendingImport": .pendingImport
        case "Creating": .creating
        case "Unavailable": .unavailable
        case let other: throw .member("KeyState", problem: "is '\(other)', which this version does not know")
        }
    }

    private static func family(of key: JSONObject) throws(JSONError) -> [KeyARN] {
        guard let members = try key.optional("MultiRegionConfiguration", key.object) else { return [] }
        let primary = try arn("Arn", in: members.object("PrimaryKey"))
        let replicas = try members.optional("ReplicaKeys", members.objects) ?? []
        return [primary] + (try replicas.map { replica throws(JSONError) in try arn("Arn", in: replica) })
    }

    private static func arn(_ name: String, in object: JSONObject) throws(JSONError) -> KeyARN {
        guard let arn = KeyARN(try object.string(name)), !arn.isAlias else { throw .member(name, problem: "is no key's ARN") }
        return arn
    }

    var description: CMKDescription {
        CMKDescription(
            cmk: arn.cmk, state: state, label: label, created: created, deletionDate: deletionDate, assurance: assurance,
            family: Set(family.map(\.cmk)))
    }

    private var assurance: String {
        switch origin {
        case "EXTERNAL": "hsm, imported"
        case "AWS_CLOUDHSM": "cloudhsm"
        case "EXTERNAL_KEY_STORE": "external key store"
        default: "hsm"
        }
    }
}
