import HoldfastFormat
package import HoldfastModel

/// Writes a repository's description anew where it is missing: without it nothing opens. The project file has the id, and the first record of
/// the key log must bear it, so that no repository comes to be where there was none.
package struct RepairDescription: Sendable {
    private let store: any ObjectStore

    package init(_ store: any ObjectStore) { self.store = store }

    /// False where one is there, or where no key log says that there was one. Throws where the key log is of another repository, or damaged.
    package func run(_ id: RepositoryID) async throws(HoldfastError) -> Bool {
        guard try await read(.repository) == nil, let bytes = try await read(.keyRecord(0)) else { return false }
        let record: KeyRecord
        do {
            record = try KeyRecordCodec.decode(bytes, repository: id, n: 0, prev: nil)
        } catch {
            throw .object(.keyRecord(0), error)
        }
        do {
            try await store.create(.repository, RepositoryDescription(repository: id, created: record.at).encoded)
            return true
        } catch .exists {
            return false
        } catch {
            throw .store(error)
        }
    }

    private func read(_ name: ObjectName) async throws(HoldfastError) -> [UInt8]? {
        do {
            return try await store.read(name, range: nil)
        } catch .notFound {
            return nil
        } catch {
            throw .store(error)
        }
    }
}
