import GRDB
package import HoldfastModel
import Synchronization

/// The local index of a repository's immutable clear parts: a cache, thrown away at any time and never the truth.
///
/// Nothing here throws. What cannot be read counts as not cached, what cannot be written is not kept, and a damaged file is
/// begun anew; `note` hears why. Every value comes from a row whose checksum was right.
package final class Catalog: Sendable {
    private let file: CatalogFile
    private let note: @Sendable (CatalogError) -> Void
    /// Nil only where SQLite cannot even keep a database in memory.
    private let connection: Mutex<DatabaseQueue?>

    /// Opens the catalog at `path`, or begins a new one there; nil: in memory.
    package init(
        at path: String?, of repository: RepositoryID, note: @escaping @Sendable (CatalogError) -> Void = { _ in }
    ) {
        let file = CatalogFile(path: path, repository: repository)
        self.file = file
        self.note = note
        connection = Mutex(file.openWhateverHappens(note: note))
    }

    /// Throws away all that is cached.
    package func discard() {
        connection.withLock { $0 = file.openAnew(because: "asked for", note: note) }
    }

    /// Runs `body`; where that fails, gives `fallback`, and begins a new file if this one is damaged.
    func attempt<Value>(or fallback: Value, _ body: (DatabaseQueue) throws -> Value) -> Value {
        guard let queue = connection.withLock({ $0 }) else { return fallback }
        do {
            return try body(queue)
        } catch {
            if error.meansDamage {
                replace(queue, because: "\(error)")
            } else {
                note(.unavailable(path: file.place, detail: "\(error)"))
            }
            return fallback
        }
    }

    /// Two threads can meet the same damage: only the first throws the file away.
    private func replace(_ queue: DatabaseQueue, because detail: String) {
        connection.withLock { current in
            guard current === queue else { return }
            current = file.openAnew(because: detail, note: note)
        }
    }
}
