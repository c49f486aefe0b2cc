import HoldfastStorage

/// Runs the tasks that store one file. Where that one cannot be read or listed they are met all the same, and not cancelled: they may be at what
/// other files share, a pack that is on its way.
func withFileTasks<Stored: Sendable>(
    of type: Stored.Type, _ body: (inout ThrowingTaskGroup<Stored, any Error>) async throws -> Void
) async throws {
    try await withThrowingTaskGroup(of: type) { group in
        do {
            try await body(&group)
        } catch let error where isOfOneFile(error) {
            while try await group.next() != nil {}
            throw error
        }
    }
}

private func isOfOneFile(_ error: any Error) -> Bool {
    if case HoldfastError.unwritable = error { return true }
    return error is SourceProblem
}
