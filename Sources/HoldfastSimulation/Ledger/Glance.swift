import Foundation
import HoldfastModel

/// What the ledger sees of a manifest: read with a few lines of its own, from `docs/FORMAT.md`, section 2, alone.
struct ManifestGlance {
    struct Header: Decodable {
        struct Opener: Decodable { let cmk: String }
        let key_log: Int
        let time: String
        let expires: String?
        let envelopes: [Opener]
    }

    let header: Header
    /// Every pack that it refers to, with its length.
    let packs: [ObjectName: Int]

    /// Nil for what is no manifest.
    init?(_ bytes: [UInt8]) {
        guard bytes.count > 120, bytes.starts(with: Array("HOLDFAST".utf8)), bytes[9] == UInt8(ascii: "M") else { return nil }
        func number(_ at: Int, _ width: Int) -> Int { bytes[at..<at + width].reduce(0) { $0 << 8 | Int($1) } }
        let headerEnd = 116 + number(12, 4)
        let ownerCount = number(headerEnd, 4)
        let rows = headerEnd + 4 + 16 * ownerCount
        var packs: [ObjectName: Int] = [:]
        for row in 0..<number(16, 4) {
            let start = rows + 44 * row
            let owner = headerEnd + 4 + 16 * number(start + 32, 4)
            guard let id = Digest(bytes: bytes.span.extracting(start..<start + 32)),
                let ownerID = SnapshotID(bytes: bytes.span.extracting(owner..<owner + 16))
            else { return nil }
            packs[.pack(id, of: ownerID)] = number(start + 36, 8)
        }
        do {
            header = try JSONDecoder().decode(Header.self, from: Data(bytes[116..<headerEnd]))
        } catch {
            return nil
        }
        self.packs = packs
    }
}

/// What the ledger sees of a record, of a snapshot's log or a key log.
struct RecordGlance: Decodable {
    let kind: String
    let purge_after: String?
    let rule: String?
    let until: String?
    let hold: String?
    let name: String?
    let expires: String?
    let cmk: String?
    let id: String?
    let cmks: [String]?
    let min_keep: String?

    /// Nil for what is no record.
    static func read(_ bytes: [UInt8]) -> RecordGlance? {
        do { return try JSONDecoder().decode(RecordGlance.self, from: Data(bytes)) } catch { return nil }
    }
}
