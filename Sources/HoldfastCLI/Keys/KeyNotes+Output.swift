import HoldfastFormat
import HoldfastModel

/// Notes as they stand beside an answer, of which they are no part.
extension [CMK: KeyNotes] {
    var lines: [String] {
        sorted { $0.key < $1.key }.flatMap { cmk, notes in notes.lines.map { "Note on \(cmk): \($0)." } }
    }
}

extension JSONObject {
    /// With the notes on each CMK, where there are any.
    func noting(_ all: [CMK: KeyNotes]) -> JSONObject {
        guard !all.isEmpty else { return self }
        var (object, notes) = (self, JSONObject())
        for (cmk, note) in all.sorted(by: { $0.key < $1.key }) { notes.append(cmk.uri, .object(JSONObject().noting(note))) }
        object.append("key_notes", .object(notes))
        return object
    }

    /// With the fields of one CMK's notes; they are null and empty where nothing is told.
    func noting(_ notes: KeyNotes) -> JSONObject {
        var object = self
        object.append("last_used", .text(notes.lastUsed))
        object.append("automatic_rotation", notes.isRotatedAutomatically.map(JSONValue.bool) ?? .null)
        object.append("notes", .array(notes.lines.map(JSONValue.string)))
        return object
    }
}
