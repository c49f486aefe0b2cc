import HoldfastModel

/// The commands that a node's configuration has run before and after its snapshot.
struct NodeHooks: Sendable {
    let node: Node?

    /// Runs `body` between them; `after` runs whatever happens.
    func around<Answer>(_ body: () async throws -> Answer) async throws -> Answer {
        let result: Result<Answer, any Error>
        do {
            try run(node?.before ?? [])
            result = .success(try await body())
        } catch {
            result = .failure(error)
        }
        do {
            try run(node?.after ?? [])
        } catch {
            // The first failure is the one to tell.
            _ = try result.get()
            throw error
        }
        return try result.get()
    }

    private func run(_ command: [String]) throws {
        guard !command.isEmpty else { return }
        let process = try SourceCommand(command)
        process.end()
        let status = process.wait()
        guard status == 0 else {
            throw Failure(
                .failed, "a command around the snapshot failed (\(SourceCommand.text(of: status)))",
                command.joined(separator: " "), "correct it, or take it out of the project file")
        }
    }
}
