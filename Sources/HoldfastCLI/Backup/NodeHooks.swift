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
            throw HoldfastError.busy("node \(node.name)")
        }
        let result: Result<Answer, any Error>
        do { result = .success(try await between(body)) } catch { result = .failure(error) }
        _ = consume lock
        return try result.get()
    }

    private func between<Answer>(_ body: () async throws -> Answer) async throws -> Answer {
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
