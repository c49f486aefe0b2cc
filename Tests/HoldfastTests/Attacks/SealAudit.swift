import Holdfast
import HoldfastCrypto
import HoldfastFormat
import HoldfastModel
import HoldfastTesting

/// Opens all that was ever written with the keys that it finds on the way, from `docs/FORMAT.md` alone, and notes under which key and
/// nonce each frame was sealed. No code under test says which those are: a frame that opens under them was sealed under them.
struct SealAudit {
    private struct Seal: Hashable {
        let key: [UInt8]
        let nonce: Nonce
    }

    private let repository: Repository
    private let keys: KeyManagers
    private var frames: [Seal: [UInt8]] = [:]
    private var packs: [Digest: [UInt8]] = [:]
    private var keyOfPack: [Digest: [UInt8]] = [:]
    /// Where frames end, by where they begin.
    private var chunks: [Digest: [Int: Int]] = [:]

    /// What a key and nonce sealed twice, and what did not open under the keys that it should.
    private(set) var faults: [String] = []
    /// One for each sealing of a manifest or checkpoint, as often as it occurs.
    private(set) var salts: [[UInt8]] = []
    private(set) var snapshotKeys: Set<[UInt8]> = []
    /// Packs of which every frame, the padding included, was opened.
    private(set) var wholePacks: Set<Digest> = []

    var frameCount: Int { frames.count }
    /// Of those whose key is known.
    var packCount: Int { keyOfPack.count }
    var packKeys: Set<[UInt8]> { Set(keyOfPack.values) }

    init(of written: [RecordingStore.Written], in repository: Repository, with keys: KeyManagers, nodes: [String]) async throws {
        (self.repository, self.keys) = (repository, keys)
        // What was sent again after an answer was lost is the same bytes, and was sealed once.
        let objects = Set(written)
        for object in objects {
            if case .pack(let id, _) = object.name.parsed { packs[id] = object.bytes }
        }
        for object in objects {
            switch object.name.parsed {
            case .record(1, let id) where !SnapshotRecordCodec.isRecord(object.bytes):
                let clear = try Manifest.parse(object.bytes, repository: repository.id, snapshot: id)
                let envelope = clear.header.envelopes[0]
                let key = try await unwrap(envelope, of: id, nodes: [clear.header.node], kind: .manifest)
                openContainer(object.bytes, .manifest, id, key)
                try walk(try Manifest.open(clear, key: key))
            case .checkpoint(let id):
                let clear = try Checkpoint.parse(object.bytes, repository: repository.id, snapshot: id)
                let key = try await unwrap(clear.envelope, of: id, nodes: nodes, kind: .checkpoint)
                openContainer(object.bytes, .checkpoint, id, key)
                try walk(try Checkpoint.open(clear, key: key))
            default: break
            }
        }
        for id in packs.keys { openPadding(of: id) }
    }

    private func unwrap(
        _ envelope: Envelope, of id: SnapshotID, nodes: [String], kind: EncryptionContext.Kind
    ) async throws -> Secret {
        for node in nodes {
            let context = try repository.context(of: id, cluster: repository.cluster, node: node, kind: kind)
            do { return try await keys.unwrap(envelope, context: context) } catch .keyManager(.incorrect) { continue }
        }
        throw HoldfastError.cannotOpen(id, [])
    }

    private mutating func openContainer(_ bytes: [UInt8], _ kind: ContainerKind, _ id: SnapshotID, _ key: borrowing Secret) {
        let span = bytes.span
        snapshotKeys.insert(copy(key.bytes))
        salts.append(copy(span.extracting(52..<84)))
        let identity = ContainerIdentity(kind, repository: repository.id, snapshot: id)
        let schedule = KeySchedule(snapshotKey: key, salt: span.extracting(52..<84), identity: identity)
        let body = ContainerRegions(bytes).body
        let starts = Array(stride(from: body.lowerBound, to: body.upperBound, by: 65_552))
        for (index, start) in starts.enumerated() {
            let frame = Array(bytes[start..<min(start + 65_552, body.upperBound)])
            note(frame, schedule.bodyKey.bytes, Nonce(counter: index, isLast: index == starts.count - 1), "the body of \(id)")
        }
    }

    /// Opens every chunk that a body leads to.
    private mutating func walk(_ body: borrowing ManifestBody) throws {
        for number in body.packKeys.numbers {
            guard let entry = body.packKeys.entry(number) else { continue }
            _ = body.packKeys.withKey(number) { keyOfPack[entry.id] = copy($0) }
        }
        for chunk in body.source.listing { try walk(entries: try open(chunk.reference, .listing, body), body) }
        for piece in body.unlisted?.entries ?? [] { try walk(entries: piece, body) }
        for file in body.unlisted?.files ?? [] {
            try walk(file.entry, body)
            for reference in try ChunkReferences.decode(file.references) { _ = try open(reference, .data, body) }
        }
    }

    private mutating func walk(entries: [UInt8], _ body: borrowing ManifestBody) throws {
        var decoder = ListingDecoder()
        for entry in try decoder.decode(entries) { try walk(entry, body) }
    }

    private mutating func walk(_ entry: Entry, _ body: borrowing ManifestBody) throws {
        var packed: [UInt8] = []
        switch entry.content {
        case .refs(let bytes): packed = bytes
        case .refLists(let bytes):
            for list in try ChunkReferences.decode(bytes) { packed += try open(list, .referenceList, body) }
        }
        for reference in try ChunkReferences.decode(packed) { _ = try open(reference, .data, body) }
        for reference in try ChunkReferences.decode(entry.pageMap) { _ = try open(reference, .pageMap, body) }
        for xattr in entry.xattrs {
            guard case .ref(let bytes) = xattr.value else { continue }
            for reference in try ChunkReferences.decode(bytes) { _ = try open(reference, .xattr, body) }
        }
    }

    private mutating func open(
        _ reference: ChunkReference, _ domain: ChunkDomain, _ body: borrowing ManifestBody
    ) throws -> [UInt8] {
        guard let pack = body.packKeys.entry(reference.packNumber), let bytes = packs[pack.id], let key = keyOfPack[pack.id]
        else {
            throw HoldfastError.inconsistent("pack number \(reference.packNumber)", detail: "it was never written")
        }
        let frame = Array(bytes[reference.frameRange])
        if chunks[pack.id, default: [:]].updateValue(reference.frameRange.upperBound, forKey: reference.frameRange.lowerBound)
            == nil
        {
            let chunkKey = HMACSHA256(key: key.span).authenticate((Array("chunk".utf8) + reference.hash.bytes).span)
            note(frame, chunkKey.bytes.span, Nonce(offset: Int(reference.offset)), "\(pack.name) at \(reference.offset)")
        }
        guard domain == .listing || domain == .referenceList else { return [] }
        return try ChunkOpener(hashKey: body.lineage.hashKey).open(frame.span, as: reference, domain: domain, packKey: key.span)
    }

    /// The padding begins where the last chunk ends, which is known where all before it are.
    private mutating func openPadding(of id: Digest) {
        guard let bytes = packs[id], let key = keyOfPack[id], let frames = chunks[id] else { return }
        var end = 8
        while let next = frames[end] { end = next }
        guard end == frames.values.max() else { return }
        let padKey = HMACSHA256(key: key.span).authenticate(Array("pad".utf8).span)
        let (rest, nonce) = (Array(bytes[end...]), Nonce(offset: end))
        // Behind the last chunk that is known others may lie, of a run that ended before anything referred to them.
        guard opens(rest, padKey.bytes.span, nonce) else { return }
        note(rest, padKey.bytes.span, nonce, "the padding of \(id)")
        wholePacks.insert(id)
    }

    private mutating func note(_ frame: [UInt8], _ key: Span<UInt8>, _ nonce: Nonce, _ place: String) {
        if !opens(frame, key, nonce) { faults.append("\(place) does not open") }
        if let other = frames.updateValue(frame, forKey: Seal(key: copy(key), nonce: nonce)), other != frame {
            faults.append("\(place): its key and nonce sealed something else as well")
        }
    }

    private func opens(_ frame: [UInt8], _ key: Span<UInt8>, _ nonce: Nonce) -> Bool {
        var opened = frame
        var span = opened.mutableSpan
        do { try AESGCM().open(&span, key: key, nonce: nonce) } catch { return false }
        return true
    }

    private func copy(_ span: Span<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(contentsOf: span)
        return bytes
    }
}
