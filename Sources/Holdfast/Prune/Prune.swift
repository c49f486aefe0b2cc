package import HoldfastCatalog
package import HoldfastModel

/// The retention job: condemns what the policy no longer keeps, purges what has been in the trash for its grace time, fences
/// writers that died, and collects what they left. It needs no key and no lock; any number may run at once
/// (`docs/PROTOCOL.md`, section 3, pruner).
package struct Prune: Sendable {
    private let repository: Repository
    private let witness: Witness?
    private let progress: @Sendable (PruneProgress) -> Void
    /// Empties the temporary directory of a directory store of what is older than the given time, and says how many files
    /// those were.
    private let removeTemporaries: (@Sendable (Timestamp) async throws(StoreError) -> Int)?

    package init(
        repository: Repository, witness: Witness? = nil, progress: @escaping @Sendable (PruneProgress) -> Void = { _ in },
        removeTemporaries: (@Sendable (Timestamp) async throws(StoreError) -> Int)? = nil
    ) {
        self.repository = repository
        self.witness = witness
        self.progress = progress
        self.removeTemporaries = removeTemporaries
    }

    /// Runs until nothing new is final: what is past its grace time is gone when it returns.
    package func run(_ request: PruneRequest) async throws(HoldfastError) -> PruneResult {
        var run = PruneRun(repository: repository, witness: witness, request: request, progress: progress)
        // First, since that needs no room, and may make what the rest needs.
        let temporariesRemoved = try await removeStaleTemporaries(request)
        try await run.complete()
        run.result.stopped += run.passedOver
        // Directories that this run has found empty.
        run.result.temporariesRemoved = temporariesRemoved + (try await removeStaleTemporaries(request))
        return run.result
    }

    private func removeStaleTemporaries(_ request: PruneRequest) async throws(HoldfastError) -> Int {
        guard let removeTemporaries, !request.isDryRun else { return 0 }
        do {
            // Temporary files bear this machine's and the store's time, whatever `--time` says.
            let limit = try await repository.store.now() + -(request.staleAfter.comparableSeconds)
            let count = try await removeTemporaries(limit)
            return count
        } catch {
            throw .store(error)
        }
    }
}
