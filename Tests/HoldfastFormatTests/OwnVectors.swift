import Foundation
import HoldfastModel

/// `docs/vectors.json`: what another program made of `docs/FORMAT.md` (`scripts/vectors`).
struct OwnVectors: Decodable {
    struct Given: Decodable {
        let K, salt, repository, snapshot, hash_key, cut_key, pack_key, plaintext: String
    }

    struct Keys: Decodable {
        let commit, mac_key, body_key: String
    }

    struct Pack: Decodable {
        let id, bytes: String
    }

    let given: Given
    let manifest_keys, checkpoint_keys: Keys
    let page_hash, pad_key, frame, manifest, gear: String
    let chunk_hashes: [String: String]
    let packs: [Pack]

    static func read() throws -> OwnVectors {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return try JSONDecoder().decode(Self.self, from: try Data(contentsOf: root.appending(path: "docs/vectors.json")))
    }
}
