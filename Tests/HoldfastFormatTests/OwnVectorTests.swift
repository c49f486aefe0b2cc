import HoldfastCrypto
import HoldfastFormat
import HoldfastModel
import Testing

/// The format as `docs/vectors.json` has it, which this code had no part in.
@Suite("The vectors of the format")
struct OwnVectorTests {
    private let vectors: OwnVectors
    private let repository: RepositoryID
    private let snapshot: SnapshotID

    init() throws {
        vectors = try OwnVectors.read()
        repository = try #require(RepositoryID(vectors.given.repository))
        snapshot = try #require(SnapshotID(vectors.given.snapshot))
    }

    private func secret(_ hex: String) throws -> Secret {
        let bytes = try #require(Hex.decode(hex))
        return Secret(copying: bytes.span)
    }

    private func hex(_ span: Span<UInt8>) -> String {
        var bytes: [UInt8] = []
        bytes.append(contentsOf: span)
        return Hex.encode(bytes)
    }

    @Test(
        "the keys of a manifest and of a checkpoint are those of the vectors", arguments: [ContainerKind.manifest, .checkpoint])
    func schedule(kind: ContainerKind) throws {
        let salt = try #require(Hex.decode(vectors.given.salt))
        let identity = ContainerIdentity(kind, repository: repository, snapshot: snapshot)
        let snapshotKey = try secret(vectors.given.K)
        let keys = KeySchedule(snapshotKey: snapshotKey, salt: salt.span, identity: identity)
        let expected = kind == .manifest ? vectors.manifest_keys : vectors.checkpoint_keys
        let derived = [hex(keys.commitment.bytes), hex(keys.macKey.bytes), hex(keys.bodyKey.bytes)]
        #expect(derived == [expected.commit, expected.mac_key, expected.body_key])
    }

    @Test("chunks of every domain and pages have the hashes of the vectors")
    func hashes() throws {
        let plaintext = try #require(Hex.decode(vectors.given.plaintext))
        let hashKey = try secret(vectors.given.hash_key)
        let cutKey = try secret(vectors.given.cut_key)
        let hasher = ChunkHasher(hashKey: hashKey)
        #expect(vectors.chunk_hashes.count == 5)
        for (letter, hash) in vectors.chunk_hashes {
            let domain = try #require(letter.utf8.first.flatMap(ChunkDomain.init))
            let hashed = hasher.hash(plaintext.span, domain: domain)
            #expect(hashed.hex == hash)
        }
        let page = hasher.hash(page: plaintext.span)
        let map = PageMap(PageMap.Shape(pageByteCount: 512, pageCount: 1), [page])
        #expect(Hex.encode(Array(map.bytes.suffix(16))) == vectors.page_hash)
        let stream = KeyStream.bytes(key: cutKey.bytes, count: 2048)
        #expect(Hex.encode(stream) == vectors.gear)
    }

    @Test("the manifest of the vectors opens, and leads to the entry and the bytes in its packs")
    func wholeSnapshot() throws {
        let bytes = try #require(Hex.decode(vectors.manifest))
        let clear = try Manifest.parse(bytes, repository: repository, snapshot: snapshot)
        #expect(clear.container.isSound && clear.header.tool == "scripts/vectors")
        let key = try secret(vectors.given.K)
        let body = try Manifest.open(clear, key: key)
        let packs = try vectors.packs.map { try #require(Hex.decode($0.bytes)) }
        #expect(packs.map { SHA256.hash($0.span).hex } == vectors.packs.map(\.id))
        #expect(packs.allSatisfy { Padme.padded($0.count) == $0.count })
        let opener = ChunkOpener(hashKey: body.lineage.hashKey)
        func open(_ reference: ChunkReference, _ domain: ChunkDomain) throws -> [UInt8] {
            let id = body.packKeys.entry(reference.packNumber)?.id
            let pack = try #require(packs.first { SHA256.hash($0.span) == id })
            let key = try secret(vectors.given.pack_key)
            return try opener.open(Array(pack[reference.frameRange]).span, as: reference, domain: domain, packKey: key.bytes)
        }
        var decoder = ListingDecoder()
        let entries = try decoder.decode(try open(body.source.listing[0].reference, .listing))
        #expect(entries.map(\.displayPath) == ["/etc/fox"])
        guard case .refs(let packed) = entries[0].content else { return #expect(Bool(false), "no references") }
        let references = try ChunkReferences.decode(packed)
        #expect(Hex.encode(Array(packs[0][references[0].frameRange])) == vectors.frame)
        #expect(Hex.encode(try open(references[0], .data)) == vectors.given.plaintext)
        // The last frame is padding under the key that the vectors name.
        var padding = Array(packs[0][references[0].frameRange.upperBound...])
        var span = padding.mutableSpan
        let nonce = Nonce(offset: references[0].frameRange.upperBound)
        let paddingKey = try secret(vectors.pad_key)
        try AESGCM().open(&span, key: paddingKey.bytes, nonce: nonce)
    }
}
