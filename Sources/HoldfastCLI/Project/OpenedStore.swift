import HoldfastAWS
import HoldfastModel
import HoldfastStorage

/// Where a repository is, opened.
struct OpenedStore: Sendable {
    let objects: any ObjectStore
    /// As its user calls it.
    let place: String
    /// Empties what writers that died have left, older than the given time; nil where they leave nothing.
    let removeTemporaries: (@Sendable (Timestamp) async throws(StoreError) -> Int)?

    private init(_ directory: DirectoryStore) {
        objects = directory
        place = directory.path
        removeTemporaries = { (limit) throws(StoreError) in try await directory.removeStaleTemporaries(olderThan: limit) }
    }

    private init(_ objects: any ObjectStore, at place: RepositoryLocation) {
        self.objects = objects
        self.place = place.description
        removeTemporaries = nil
    }

    /// Opens what should be there.
    static func open(
        _ location: RepositoryLocation, _ settings: S3Settings, _ aws: AWSOpening, for use: StoreUse = .deciding
    ) async throws -> OpenedStore {
        switch location {
        case .directory(let path): OpenedStore(try await DirectoryStore.open(at: path, for: use))
        case .s3(let bucket, let prefix):
            OpenedStore(try aws.store(bucket: bucket, prefix: prefix, settings), at: location)
        }
    }

    /// Makes a directory where it is missing, and tries the store: what cannot hold a repository is refused.
    static func create(_ location: RepositoryLocation, _ settings: S3Settings, _ aws: AWSOpening) async throws -> OpenedStore {
        switch location {
        case .directory(let path):
            let directory = try await DirectoryStore.create(at: path)
            try await directory.probe()
            return OpenedStore(directory)
        case .s3(let bucket, let prefix):
            let store = try aws.store(bucket: bucket, prefix: prefix, settings)
            try await store.probe()
            return OpenedStore(store, at: location)
        }
    }
}
