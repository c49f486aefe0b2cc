import GRDB
package import HoldfastModel

/// What this machine has seen of a repository: durable, kept locally, and never rebuilt from the repository.
///
/// Each call is one transaction that is on the disk when the call returns; several processes may use one witness at once.
package final class Witness: Sendable {
    /// Of its file, in a directory that the repository's id names.
    package static let fileName = "witness.sqlite"

    package let path: String
    package let repository: RepositoryID
    private let queue: DatabaseQueue

    /// Opens the witness at `path`, or begins one where there is none.
    package init(at path: String, of repository: RepositoryID) throws(WitnessError) {
        self.path = path
        self.repository = repository
        do {
            queue = try WitnessFile(path: path, repository: repository).open()
        } catch {
            throw WitnessError(error, at: path)
        }
    }

    /// The same for whoever only reads, or only asks what contradicts: where there is none, and none can be made, it is an empty one that
    /// is gone with the process, and `note` is told why. Whatever rests on what was seen opens the other. `path` is nil where no place is
    /// named. Not `isNeeded`: nothing is held against it, so that one which is there and does not open keeps nobody from reading either.
    package init(
        forReadingAt path: String?, of repository: RepositoryID, isNeeded: Bool, note: (String) -> Void
    ) throws(WitnessError) {
        self.path = path ?? ""
        self.repository = repository
        let file = WitnessFile(path: self.path, repository: repository)
        queue = try Self.queue(file, isNamed: path != nil, isNeeded: isNeeded, note)
    }

    private static func queue(
        _ file: WitnessFile, isNamed: Bool, isNeeded: Bool, _ note: (String) -> Void
    ) throws(WitnessError) -> DatabaseQueue {
        let reason: WitnessError
        do {
            if isNamed { return try file.open() }
            note("no place for it is named")
            return try file.openInMemory()
        } catch {
            reason = WitnessError(error, at: file.path)
        }
        do {
            guard try !isNeeded || isNamed && file.isAbsent else { throw reason }
            note("\(reason)")
            return try file.openInMemory()
        } catch {
            throw reason
        }
    }

    /// Takes the lock of a node's source: nil while another writer, in this process or another, holds it.
    package func tryLock(node: String, source: String) throws(WitnessError) -> WriterLock? {
        try WriterLock.tryLock(in: StateDirectory.parent(of: path) ?? ".", node: node, source: source)
    }

    func read<Value>(_ body: (Database) throws -> Value) throws(WitnessError) -> Value {
        do {
            return try queue.read(body)
        } catch {
            throw WitnessError(error, at: path)
        }
    }

    func write<Value>(_ body: (Database) throws -> Value) throws(WitnessError) -> Value {
        do {
            return try queue.write(body)
        } catch {
            throw WitnessError(error, at: path)
        }
    }
}
