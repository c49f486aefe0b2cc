import Holdfast
import HoldfastCrypto
import HoldfastFormat
import HoldfastModel
import HoldfastTesting
import Testing

/// What nobody lists any more is gone with the CMK of those who did, though its bytes lie on in a pack that others need.
@Suite("Erasure")
struct ErasureTests {
    @Test("W12: of a pack that two snapshots share, the keys of one open no chunk that the other alone lists")
    func sharedPack() async throws {
        let cluster = try await TestCluster()
        let source = try Scratch()
        var random = SeededRandom(seed: 12)
        for name in ["kept", "secret"] { try source.write(random.bytes(3_000), to: name) }
        let first = try await cluster.open(try await cluster.backUp(cluster.request([source.path])).snapshot)
        // The file stays what it was for the second; the other is not listed again.
        var request = cluster.request([source.path + "/kept"], after: 60)
        request.base = .remembered
        let second = try await cluster.open(try await cluster.backUp(request).snapshot)
        let listed = try await second.references()
        let dead = try #require(
            try await first.references().first { reference in
                try !listed.contains { $0.hash == reference.hash } && second.packs.contains(try first.pack(of: reference))
            })
        let pack = try first.pack(of: dead)
        let bytes = try await cluster.store.read(pack.name)
        let frame = Array(bytes[dead.frameRange])
        // Its own snapshot opens it.
        _ = try first.open(frame.span, as: dead, domain: .data, with: first.makeOpener())
        // The second has the pack's key, and every hash that it lists; none of them is the key of that frame.
        let shared = try #require(listed.first { (try? second.pack(of: $0)) == pack })
        var reference = dead
        reference.packNumber = shared.packNumber
        for hash in listed.map(\.hash) + [SHA256.hash(frame.span)] {
            reference.hash = hash
            #expect {
                _ = try second.open(frame.span, as: reference, domain: .data, with: second.makeOpener())
            } throws: {
                if case HoldfastError.object(pack.name, .chunkTampered) = $0 { true } else { false }
            }
        }
        let packKey = try #require(
            second.body.packKeys.withKey(shared.packNumber) { key in
                var bytes: [UInt8] = []
                bytes.append(contentsOf: key)
                return bytes
            })
        let padKey = HMACSHA256(key: packKey.span).authenticate(Array("pad".utf8).span).bytes
        for key in [packKey, padKey] {
            var copy = frame
            var span = copy.mutableSpan
            #expect(throws: CryptoError.authentication) {
                try AESGCM().open(&span, key: key.span, nonce: Nonce(offset: Int(dead.offset)))
            }
        }
    }
}
