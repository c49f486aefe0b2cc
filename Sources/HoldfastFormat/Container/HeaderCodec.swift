import HoldfastModel

/// A manifest's clear header as JSON (`docs/FORMAT.md`, section 2).
enum HeaderCodec {
    static func encode(_ header: ManifestHeader) -> [UInt8] {
        var object: JSONObject = [
            "start": .text(header.start),
            "cluster": .string(header.cluster),
            "node": .string(header.node),
            "source": .string(header.source),
            "time": .text(header.time),
            "started": .text(header.started),
            "finished": .text(header.finished),
            "expires": .text(header.expires),
            "items": .array(header.items.map(JSONValue.string)),
            "label": .string(header.label),
            "tags": .array(header.tags.map(JSONValue.string)),
            "base": .text(header.base),
            "barrier": header.barrier.map { .integer(Int64($0)) } ?? .null,
            "key_log": .integer(Int64(header.keyLogPosition)),
            "bytes": .object([
                "read": .integer(Int64(clamping: header.bytesRead)), "new": .integer(Int64(clamping: header.bytesNew)),
                "stored": .integer(Int64(clamping: header.bytesStored)),
            ]),
            "files": .integer(Int64(clamping: header.files)),
            "incomplete": .integer(Int64(clamping: header.incomplete)),
            "envelopes": .array(header.envelopes.map { .object(EnvelopeCodec.encode($0)) }),
            "tool": .string(header.tool),
            "critical": .array([]),
        ]
        if let lock = header.lock {
            object.append("lock", ["until": .text(lock.until), "packs": .text(lock.packsUntil)])
        }
        return object.serialized
    }

    static func decode(_ bytes: [UInt8]) throws(FormatError) -> ManifestHeader {
        do throws(JSONError) {
            let object = try JSONObject.parse(bytes)
            guard try object.strings("critical").allSatisfy(known.contains) else {
                throw JSONError.member("critical", problem: newer)
            }
            let counts = try object.object("bytes")
            return ManifestHeader(
                start: try object.digest("start"), cluster: try object.string("cluster"), node: try object.string("node"),
                source: try object.string("source"), time: try object.time("time"), started: try object.time("started"),
                finished: try object.time("finished"), expires: try object.optional("expires", object.time),
                lock: try object.optional("lock", object.object).map(lock),
                items: try object.strings("items"), label: try object.string("label"), tags: try object.strings("tags"),
                base: try object.optional("base", object.id), barrier: try object.optional("barrier", object.count),
                keyLogPosition: try object.count("key_log"), bytesRead: UInt64(try counts.count("read")),
                bytesNew: UInt64(try counts.count("new")), bytesStored: UInt64(try counts.count("stored")),
                files: UInt64(try object.count("files")), incomplete: UInt64(try object.count("incomplete")),
                envelopes: try object.objects("envelopes").map(EnvelopeCodec.decode), tool: try object.string("tool"))
        } catch .member("critical", problem: newer) {
            throw .newerFormat
        } catch {
            throw .json("header: \(error)")
        }
    }

    private static func lock(_ object: JSONObject) throws(JSONError) -> SnapshotLock {
        SnapshotLock(until: try object.time("until"), packsUntil: try object.time("packs"))
    }

    /// The members that this version reads; a header may name others as critical.
    private static let known: Set<String> = [
        "start", "cluster", "node", "source", "time", "started", "finished", "expires", "lock", "items", "label", "tags", "base",
        "barrier", "key_log", "bytes", "files", "incomplete", "envelopes", "tool", "critical",
    ]

    private static let newer = "names what only a later version knows"
}

extension JSONObject {
    /// A whole number from 0 on.
    func count(_ name: String) throws(JSONError) -> Int {
        let number = try integer(name)
        guard number >= 0 else { throw .member(name, problem: "is negative") }
        return Int(number)
    }
}
