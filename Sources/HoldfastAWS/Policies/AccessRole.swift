/// Who works on a project, each with rights of their own (`docs/DESIGN.md`, section 3).
package enum AccessRole: String, Hashable, Sendable, CaseIterable {
    /// Takes snapshots without a base: it can open nothing, its own snapshots included.
    case host
    /// Takes snapshots that refer to earlier ones, and goes on where it was interrupted.
    case hostWithBase = "host-with-base"
    /// Condemns, purges and fences; uses no CMK.
    case prune
    /// Makes repositories, rotates, retires, proves and deletes CMKs, and writes holds and expiries.
    case keyAdmin = "key-admin"
    /// Reads and proves; changes nothing and reads no data.
    case auditor
    /// Restores.
    case restore

    /// What it may do with a project's CMKs, under IAM's names: with the encryption context of the project where that is sent.
    var uses: [String] {
        switch self {
        case .host: ["kms:Encrypt"]
        case .hostWithBase, .keyAdmin: ["kms:Encrypt", "kms:Decrypt"]
        case .prune: []
        case .auditor, .restore: ["kms:Decrypt"]
        }
    }

    /// What it may do to the CMKs themselves, where no encryption context is sent.
    var administration: [String] {
        switch self {
        case .prune: []
        case .host, .hostWithBase, .restore: ["kms:DescribeKey"]
        case .auditor: ["kms:DescribeKey"] + Self.notes
        case .keyAdmin:
            [
                "kms:DescribeKey", "kms:DisableKey", "kms:EnableKey", "kms:ScheduleKeyDeletion", "kms:CancelKeyDeletion",
            ] + Self.notes
        }
    }

    /// Without these the answers are the same, and lack their notes.
    private static let notes = ["kms:GetKeyLastUsage", "kms:GetKeyRotationStatus", "kms:ListKeyRotations"]

    /// Whether it looks for CMKs that the project trusts and no key log names.
    var listsKeys: Bool { self == .keyAdmin || self == .auditor }

    package var wraps: Bool { uses.contains("kms:Encrypt") }
    package var unwraps: Bool { uses.contains("kms:Decrypt") }
    package var usesKeys: Bool { !uses.isEmpty }

    /// What it reads of a repository; `*` stands for anything.
    var reads: [String] {
        switch self {
        case .host, .hostWithBase, .restore: ["*"]
        // Ciphertext is nothing to them: what tells a snapshot's needs stands in its manifest, and a pack's length in a listing.
        case .prune: ["holdfast.json", "keys/*", "snapshots/*", "checkpoints/*", "purges/*"]
        case .auditor: ["holdfast.json", "keys/*", "snapshots/*", "checkpoints/*"]
        case .keyAdmin: ["holdfast.json", "keys/*", "snapshots/*", "checkpoints/*", "tmp/probe-*"]
        }
    }

    /// What it creates and never replaces.
    var creates: [String] {
        switch self {
        case .host, .hostWithBase: ["packs/*", "snapshots/*/0", "snapshots/*/1"]
        case .prune: ["snapshots/*", "purges/*"]
        // The probe is what `init` tries a bucket with.
        case .keyAdmin: ["holdfast.json", "keys/*", "snapshots/*", "tmp/probe-*"]
        case .auditor, .restore: []
        }
    }

    /// What it does not create though the patterns above would let it: records that are others' to write.
    var leaves: [String] {
        switch self {
        case .prune: ["snapshots/*/0"]
        case .keyAdmin: ["snapshots/*/0", "snapshots/*/1"]
        case .host, .hostWithBase, .auditor, .restore: []
        }
    }

    /// What it writes over: its own hints.
    var replaces: [String] { isHost ? ["checkpoints/*"] : [] }

    /// What it locks as it creates it, where a project locks objects.
    var locks: [String] {
        switch self {
        case .host, .hostWithBase, .keyAdmin: ["packs/*", "snapshots/*"]
        case .prune: ["snapshots/*"]
        case .auditor, .restore: []
        }
    }

    /// Whether it keeps any of those for longer, or looks whether it is kept: it has to see how long that is already.
    var seesLocks: Bool { self == .host || self == .hostWithBase || self == .keyAdmin }

    var deletes: [String] {
        switch self {
        case .host, .hostWithBase: ["checkpoints/*"]
        case .prune: ["packs/*", "snapshots/*", "checkpoints/*", "purges/*"]
        case .keyAdmin: ["tmp/probe-*"]
        case .auditor, .restore: []
        }
    }

    /// Whether it uploads in parts, and has to tidy up after itself.
    var isHost: Bool { self == .host || self == .hostWithBase }
}
