import HoldfastModel

/// The commands that a node's configuration has run before and after its snapshot.
struct NodeHooks: Sendable {
    let node: Node?

    /// Runs `body` between them; `after` runs whatever happens.
    func around<Answer>(_ body: () async throws -> Answer) async throws -> Answer {
        let result: Result<Answer, any Error>
        do {
            try run("before", node?.before ?? [])
            result = .success(try await body())
        } catch {
            result = .failure(error)
        }
        do {
            try run("after", node?.after ?? [])
        } catch {
            // The first failure is the one to tell.
            _ = try result.get()
            throw error
        }
        return try result.get()
    }

    private func run(_ when: String, _ command: [String]) throws {
        guard let node, !command.isEmpty else { return }
        let outcome = try TimedCommand(command).run(secondsAtMost: node.hookLimit)
        guard outcome != .succeeded else { return }
        throw Failure(
            .failed, "\(when): of node \(node.name) failed (\(outcome))", command.joined(separator: " "),
            "correct it, or hook_limit:, in the project file")
    }
}
