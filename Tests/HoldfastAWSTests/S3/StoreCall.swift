import HoldfastModel

/// A call of the port, for tests that make several of them.
enum StoreCall: CaseIterable {
    case create, read, stat, delete, list, replace

    /// On a record, but for what is done to checkpoints alone.
    func error(on store: some ObjectStore) async -> StoreError? {
        do throws(StoreError) {
            switch self {
            case .create: try await store.create(S3Fixture.record, [1])
            case .read: _ = try await store.read(S3Fixture.record)
            case .stat: _ = try await store.stat(S3Fixture.record)
            case .delete: try await store.delete(S3Fixture.record)
            case .list: _ = try await store.list(.snapshots)
            case .replace: try await store.replace(.checkpoint(S3Fixture.id(1)), [1])
            }
            return nil
        } catch {
            return error
        }
    }
}
