import Holdfast
import HoldfastFormat
import HoldfastModel

/// One snapshot as lists show it.
struct SnapshotRow: Sendable {
    let view: SnapshotView
    /// Those of its repository.
    let terms: RetentionTerms
    let cluster: String

    var time: Timestamp { view.log.header?.time ?? view.startedAt ?? Timestamp(seconds: 0) }

    var state: String {
        switch view.log.state {
        case .live: "live"
        case .trash: "trash"
        case .unreadable: "unreadable"
        case .open: "open"
        case .aborted: "aborted"
        case .deleting: "deleting"
        case .void: "void"
        }
    }

    var cells: [String] {
        guard let header = view.log.header else {
            return [
                view.id.short, "", cluster, view.log.start?.node ?? "", view.log.start?.source ?? "", "", "", "", "", state, "",
            ]
        }
        return [
            view.id.short, header.time.toTheMinute, cluster, header.node, header.source, header.tags.joined(separator: ","),
            ByteCount(header.bytesStored).description, "\(header.files)", expiry,
            view.log.isDamaged ? "\(state), damaged" : state,
            cmks.map(Self.short).joined(separator: ","),
        ]
    }

    private var expiry: String {
        if !view.log.holds.isEmpty { return "held: \(view.log.holds.sorted().joined(separator: ","))" }
        if let end = view.trashEnd(under: terms) { return "purged after \(end.toTheMinute)" }
        if let locked = view.log.lockedUntil, locked > expires ?? locked { return "locked until \(locked.toTheMinute)" }
        return expires?.toTheMinute ?? "no date"
    }

    private var expires: Timestamp? { view.log.expires(under: terms.compliance) }

    /// Of all envelopes: those that a rewrap added are behind that of the backup.
    private var cmks: [CMK] {
        view.log.envelopes.reduce(into: []) { cmks, envelope in
            if !cmks.contains(envelope.cmk) { cmks.append(envelope.cmk) }
        }
    }

    /// The end of a URI tells one key of a manager from another; the whole is in the JSON.
    private static func short(_ cmk: CMK) -> String {
        let last = cmk.uri.split(separator: "/").last.map(String.init) ?? cmk.uri
        return "\(cmk.scheme):…\(last.prefix(8))"
    }

    var json: JSONObject {
        let header = view.log.header
        return [
            "id": .text(view.id), "short_id": .string(view.id.short), "time": .text(header?.time), "cluster": .string(cluster),
            "node": .text(header?.node ?? view.log.start?.node),
            "sources": .array([header?.source ?? view.log.start?.source].compactMap(\.self).map(JSONValue.string)),
            "tags": .array((header?.tags ?? []).map(JSONValue.string)), "label": .text(header?.label),
            "expires": .text(expires), "locked_until": .text(view.log.lockedUntil),
            "holds": .array(view.log.holds.sorted().map(JSONValue.string)),
            "state": .string(state), "cmks": .array(cmks.map { .text($0) }), "base": .text(header?.base),
            "bytes_read": header.map { .count($0.bytesRead) } ?? .null,
            "bytes_stored": header.map { .count($0.bytesStored) } ?? .null, "files": header.map { .count($0.files) } ?? .null,
            "incomplete": header.map { .count($0.incomplete) } ?? .null, "damaged": .bool(view.log.isDamaged),
        ]
    }
}
