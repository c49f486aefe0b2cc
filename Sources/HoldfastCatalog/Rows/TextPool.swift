import HoldfastModel

/// Gives the same texts of many rows out of one storage: a hundred thousand snapshots have a few names and labels, and each CMK.
final class TextPool {
    private struct Entry<Value> {
        let bytes: [UInt8]
        let value: Value
    }

    private var texts: [UInt64: Entry<String>] = [:]
    private var cmks: [UInt64: Entry<CMK>] = [:]

    func text(_ bytes: Span<UInt8>) -> String {
        let hash = RowChecksum.of(bytes)
        if let entry = texts[hash], bytes.matches(entry.bytes) { return entry.value }
        let copy = bytes.indices.map { bytes[$0] }
        let text = String(decoding: copy, as: UTF8.self)
        texts[hash] = Entry(bytes: copy, value: text)
        return text
    }

    /// Nil for what is no URI of a CMK.
    func cmk(_ bytes: Span<UInt8>) -> CMK? {
        let hash = RowChecksum.of(bytes)
        if let entry = cmks[hash], bytes.matches(entry.bytes) { return entry.value }
        let copy = bytes.indices.map { bytes[$0] }
        guard let cmk = CMK(String(decoding: copy, as: UTF8.self)) else { return nil }
        cmks[hash] = Entry(bytes: copy, value: cmk)
        return cmk
    }
}

extension Span<UInt8> {
    fileprivate func matches(_ other: [UInt8]) -> Bool {
        guard count == other.count else { return false }
        for index in indices where self[index] != other[index] { return false }
        return true
    }
}
