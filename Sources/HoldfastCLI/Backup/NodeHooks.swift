import Holdfast
import HoldfastCatalog
import HoldfastModel

/// The commands that a node's configuration has run before and after its snapshot.
struct NodeHooks: Sendable {
    /// No source has this name: what is locked is the node itself.
    private static let wholeNode = ""

    let node: Node?
    let witness: Witness

    /// Runs `body` between them; `after` runs whatever happens. Throws `.busy` while another run on this machine is between them: its
    /// snapshot would see the node thawed under it.
    func around<Answer>(_ body: () async throws -> Answer) async throws -> Answer {
        guard let node, !node.before.isEmpty || !node.after.isEmpty else { return try await body() }
        guard let lock = try witness.tryLock(node: node.name, source: Self.wholeNode) else {
            throw HoldfastError.busy(node.name)
        }
        let result: Result<Answer, any Error>
        do { result = .success(try await between(body)) } catch { result = .failure(error) }
        _ = consume lock
        return try result.get()
    }

    private func between<Answer>(_ body: () async throws -> Answer) async throws -> Answer {
        let result: Result<Answer, any Error>
        do {
            try await run("before", node?.before ?? [])
            if Task.isCancelled { throw HoldfastError.interrupted }
            result = .success(try await body())
        } catch {
            result = .failure(error)
        }
        do {
            try await run("after", node?.after ?? [], evenIfCancelled: true)
        } catch {
            // The first failure is the one to tell.
            _ = try result.get()
            throw error
        }
        return try result.get()
    }

    private func run(_ when: String, _ command: [String], evenIfCancelled isUnconditional: Bool = false) async throws {
        guard let node, !command.isEmpty else { return }
        let outcome = try await TimedCommand(command).run(
            secondsAtMost: node.hookLimit, evenIfCancelled: isUnconditional)
        guard outcome != .succeeded else { return }
        if Task.isCancelled, !isUnconditional { throw HoldfastError.interrupted }
        throw Failure(
            .failed, "\(when): of node \(node.name) failed (\(outcome))", command.joined(separator: " "),
            "correct it, or hook_limit:, in the project file")
    }
}
