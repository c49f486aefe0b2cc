import HoldfastCrypto
import HoldfastModel

@testable import HoldfastAWS
@testable import HoldfastFormat
@testable import HoldfastStorage

/// A parser, and what must hold of everything that it accepts. What it does not accept it must refuse by an error: a trap is a finding.
enum FuzzTarget: String, CaseIterable {
    case container, body, listing, references, unfinished, header, envelope
    case pageMap = "page-map"
    case keyRecord = "key-record"
    case snapshotRecord = "snapshot-record"
    case repository, json
    case foreignJSON = "foreign-json"
    case policy, keyring, xml
    case listPage = "list-page"
    case date

    func run(_ bytes: [UInt8]) {
        switch self {
        case .container: readContainer(bytes)
        case .body: readBody(bytes)
        case .listing: readListing(bytes)
        case .references: readReferences(bytes)
        case .unfinished: _ = accepted { () throws(FormatError) in try UnfinishedFile(decoding: bytes) }
        case .header: _ = accepted { () throws(FormatError) in try HeaderCodec.decode(bytes) }
        case .envelope: readEnvelope(bytes)
        case .pageMap: readPageMap(bytes)
        case .keyRecord: readKeyRecord(bytes)
        case .snapshotRecord: readSnapshotRecord(bytes)
        case .repository: readRepository(bytes)
        case .json: readJSON(bytes)
        case .foreignJSON: _ = accepted { () throws(JSONError) in try JSONObject.parse(foreign: bytes) }
        case .policy: readPolicy(bytes)
        case .keyring: readKeyring(bytes)
        case .xml: _ = accepted { () throws(XMLError) in try XMLNode.parse(bytes) }
        case .listPage: _ = accepted { () throws(ListPage.Problem) in try ListPage(bytes, under: "root/") }
        case .date: readDates(bytes)
        }
    }

    /// Nil where it is refused, which is as good.
    private func accepted<Value: ~Copyable, Refusal: Error>(_ parse: () throws(Refusal) -> Value) -> Value? {
        do { return try parse() } catch { return nil }
    }
}

/// The one snapshot and repository that all inputs are read as.
private enum Names {
    static let repository: RepositoryID = named("00112233445566778899aabbccddeeff")
    static let snapshot: SnapshotID = named("ffeeddccbbaa99887766554433221100")
    static let previous = SHA256.hash(Array("the record before".utf8).span)

    private static func named<Kind>(_ hex: String) -> ID<Kind> {
        guard let id = ID<Kind>(hex) else { preconditionFailure("\(hex) is no id") }
        return id
    }
}

extension FuzzTarget {
    /// Its fixed fields are made to fit, so that what comes after them is reached.
    private func readContainer(_ bytes: [UInt8]) {
        guard bytes.count >= 52 else { return }
        for kind in [ContainerKind.manifest, .checkpoint] {
            var bytes = bytes
            bytes.replaceSubrange(0..<12, with: ClearContainer.magic + [ClearContainer.formatVersion, kind.rawValue, 0, 0])
            bytes.replaceSubrange(20..<52, with: Names.repository.bytes + Names.snapshot.bytes)
            let identity = ContainerIdentity(kind, repository: Names.repository, snapshot: Names.snapshot)
            let container = accepted { () throws(FormatError) in try ClearContainer(parsing: bytes, as: identity) }
            let opened: Secret? = container.flatMap { container in
                accepted { () throws(FormatError) in try container.openBody(key: Secret(count: 32) { $0[0] = 1 }) }
            }
            precondition(opened == nil, "a body opened with a key that is not its own")
        }
    }

    /// The first byte says how many packs the table has.
    private func readBody(_ bytes: [UInt8]) {
        guard let count = bytes.first else { return }
        let packs = (0..<Int(count & 7)).map { number in
            PackEntry(id: SHA256.hash([UInt8(number)].span), owner: Names.snapshot, byteCount: 1 << 20)
        }
        for kind in [ContainerKind.manifest, .checkpoint] {
            let secret = Secret(copying: bytes.span.extracting(droppingFirst: 1))
            _ = accepted { () throws(FormatError) in try ManifestBodyCodec.decode(secret, of: kind, packs: packs) }
        }
    }

    private func readListing(_ bytes: [UInt8]) {
        var decoder = ListingDecoder()
        guard let entries = accepted({ () throws(FormatError) in try decoder.decode(bytes) }) else { return }
        var again: [UInt8] = []
        for entry in entries {
            // Readers take more than may be written.
            guard accepted({ () throws(FormatError) in try EntryCodec.append(entry, to: &again) }) != nil else { return }
        }
        var second = ListingDecoder()
        let reread = accepted { () throws(FormatError) in try second.decode(again) }
        precondition(reread == entries, "entries read differently once they are written")
    }

    private func readReferences(_ bytes: [UInt8]) {
        guard let references = accepted({ () throws(FormatError) in try ChunkReferences.decode(bytes) }) else { return }
        precondition(ChunkReferences.encode(references) == bytes, "references have two forms")
    }

    private func readEnvelope(_ bytes: [UInt8]) {
        guard let object = accepted({ () throws(JSONError) in try JSONObject.parse(bytes) }),
            let envelope = accepted({ () throws(JSONError) in try EnvelopeCodec.decode(object) })
        else { return }
        let again = accepted { () throws(JSONError) in try EnvelopeCodec.decode(EnvelopeCodec.encode(envelope)) }
        precondition(again == envelope, "an envelope reads differently once it is written")
    }

    private func readPageMap(_ bytes: [UInt8]) {
        guard let map = accepted({ () throws(FormatError) in try PageMap(decoding: bytes) }) else { return }
        precondition(map.bytes == bytes, "a page map has two forms")
    }

    /// Records end with a sum over what comes before: that is made to fit.
    private func closed(_ bytes: [UInt8]) -> [UInt8] {
        bytes + Array("\"sum\":\"\(SHA256.hash(bytes.span))\"}".utf8)
    }

    private func readKeyRecord(_ bytes: [UInt8]) {
        for (n, prev) in [(0, nil), (2, Names.previous)] as [(Int, Digest?)] {
            let record = accepted { () throws(FormatError) in
                try KeyRecordCodec.decode(closed(bytes), repository: Names.repository, n: n, prev: prev)
            }
            if let record { decide(under: record) }
        }
    }

    /// Whatever a forged record promises, what is kept can be said.
    private func decide(under record: KeyRecord) {
        var log = KeyLog((0..<record.n).map { KeyRecord(n: $0, at: record.at, by: record.by, event: .barrier) })
        log.append(record)
        let policy = log.compliance?.applied(to: Policy()) ?? Policy()
        let group = SnapshotGroup(cluster: "c", node: "n", source: "s")
        let subject = KeepSubject(id: Names.snapshot, group: group, time: record.at, expires: record.at, cmks: [])
        let circumstances = KeepSet.Circumstances(backupsAreOn: true, now: record.at)
        let keepSet = KeepSet([subject], policy: policy, under: circumstances)
        precondition(keepSet.reasons.count == 1, "a snapshot of which nothing is decided")
    }

    private func readSnapshotRecord(_ bytes: [UInt8]) {
        for n in 0...2 {
            _ = accepted { () throws(FormatError) in
                try SnapshotRecordCodec.decode(
                    closed(bytes), repository: Names.repository, snapshot: Names.snapshot, n: n,
                    prev: n == 0 ? nil : Names.previous)
            }
        }
    }

    private func readRepository(_ bytes: [UInt8]) {
        guard let read = accepted({ () throws(FormatError) in try RepositoryDescription(parsing: bytes) }) else { return }
        let again = accepted { () throws(FormatError) in try RepositoryDescription(parsing: read.encoded) }
        precondition(again == read, "a repository's description reads differently once it is written")
    }

    private func readJSON(_ bytes: [UInt8]) {
        guard let object = accepted({ () throws(JSONError) in try JSONObject.parse(bytes) }) else { return }
        let again = accepted { () throws(JSONError) in try JSONObject.parse(object.serialized) }
        precondition(again == object, "an object reads differently once it is written")
    }

    private func readPolicy(_ bytes: [UInt8]) {
        guard let text = String(validating: bytes, as: UTF8.self) else { return }
        _ = accepted { () throws(ProjectFileError) in try ProjectFile(parsing: text, file: "holdfast.yaml", directory: "/fuzz") }
    }

    private func readKeyring(_ bytes: [UInt8]) {
        guard let file = accepted({ () throws(JSONError) in try KeyringFile(parsing: bytes) }) else { return }
        let again = accepted { () throws(JSONError) in try KeyringDocument(file.document.json) }
        precondition(again?.json == file.document.json, "a keyring reads differently once it is written")
    }

    private func readDates(_ bytes: [UInt8]) {
        guard let text = String(validating: bytes, as: UTF8.self) else { return }
        _ = HTTPDate.parse(text)
        guard let time = Timestamp(text) else { return }
        precondition(Timestamp("\(time)") == time, "a time reads differently once it is written")
    }
}
