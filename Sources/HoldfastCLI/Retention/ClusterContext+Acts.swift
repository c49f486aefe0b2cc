import Holdfast

extension ClusterContext {
    /// Does what appends to one log after the other, and remembers how the repository then stands: what was said by then is promised, also where
    /// the next one fails (`docs/decisions/0008-what-the-witness-misses.md`). A dry run appends nothing.
    func appending(isDryRun: Bool, in session: Session, _ act: () async throws -> Void) async throws {
        do {
            try await act()
        } catch {
            if !isDryRun { await observe(noting: session) }
            throw error
        }
        if !isDryRun { try await observe() }
    }

    /// The same, snapshot by snapshot. `show` gets what was done, where one fails as well.
    func appending<Done>(
        to views: [SnapshotView], isDryRun: Bool, in session: Session, _ act: (SnapshotView) async throws -> Done,
        show: ([Done]) throws -> Void
    ) async throws {
        var done: [Done] = []
        do {
            try await appending(isDryRun: isDryRun, in: session) {
                for view in views {
                    let next = try await act(view)
                    done.append(next)
                }
            }
        } catch {
            if !done.isEmpty { try show(done) }
            throw error
        }
        try show(done)
    }

    /// What failed before is what its user is told of.
    private func observe(noting session: Session) async {
        do {
            try await observe()
        } catch {
            session.note("holdfast: what was done before that is not remembered on this machine: \(Failure(error).message)")
        }
    }
}
