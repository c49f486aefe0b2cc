/// Where a keyring lies: its file, and beside it the lock and the temporary file of a write.
struct KeyringPath: Hashable, Sendable {
    let text: String
    let directory: String
    let file: FileName
    let lock: FileName
    /// One fixed name, so that what a crash leaves is removed by the next write: it may hold a CMK that was destroyed since.
    let temporary: FileName

    init(_ text: String) {
        self.text = text
        let components = text.split(separator: "/", omittingEmptySubsequences: false)
        let name = String(components.last ?? "")
        let above = components.dropLast().joined(separator: "/")
        directory = components.count == 1 ? "." : above.isEmpty ? "/" : above
        file = FileName(name)
        lock = FileName((name.hasSuffix(".json") ? String(name.dropLast(5)) : name) + ".lock")
        temporary = FileName(name + ".tmp")
    }
}
