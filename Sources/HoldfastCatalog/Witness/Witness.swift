import GRDB
package import HoldfastModel

/// What this machine has seen of a repository: durable, kept locally, and never rebuilt from the repository.
///
/// Each call is one transaction that is on the disk when the call returns; several processes may use one witness at once.
package final class Witness: Sendable {
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
