/// Why the catalog was of no use, or was begun anew. Nobody fails by it: what is not in the catalog is read from the store.
package enum CatalogError: Error, Hashable, Sendable {
    /// Damaged, unreadable, of another schema version or of another repository: it was thrown away and begun anew.
    case discarded(path: String, detail: String)
    /// It cannot be kept on the disk: this run keeps it in memory.
    case inMemory(path: String, detail: String)
    /// One reading or writing did not work, as when the disk is full or the file is busy.
    case unavailable(path: String, detail: String)
}

extension CatalogError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .discarded(let path, let detail): "catalog begun anew: \(path): \(detail)"
        case .inMemory(let path, let detail): "catalog kept in memory: \(path): \(detail)"
        case .unavailable(let path, let detail): "catalog not used: \(path): \(detail)"
        }
    }
}
