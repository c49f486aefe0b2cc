import HoldfastModel
import HoldfastStorage
import Synchronization
import Testing

@testable import Holdfast

@Suite("The tasks that store a file")
struct FileTasksTests {
    private struct Failure: Error {}

    private final class Outcome: Sendable {
        let begun = AsyncSignal()
        let isCancelled = Mutex<Bool?>(nil)
    }

    /// What ends a group with one task when `error` does; whether that task was cancelled.
    private func end(by error: any Error) async -> (thrown: (any Error)?, isCancelled: Bool?) {
        let outcome = Outcome()
        var thrown: (any Error)?
        do {
            try await withFileTasks(of: Int.self) { group in
                group.addTask {
                    outcome.begun.give()
                    for _ in 0..<100 { await Task.yield() }
                    outcome.isCancelled.withLock { $0 = Task.isCancelled }
                    return 1
                }
                await outcome.begun.wait()
                throw error
            }
        } catch {
            thrown = error
        }
        return (thrown, outcome.isCancelled.withLock(\.self))
    }

    @Test("go on where the file alone has a problem: they may be at a pack that others need") func problem() async {
        let unread = await end(by: SourceProblem(path: Array("f".utf8), what: .vanished))
        #expect(unread.thrown is SourceProblem)
        #expect(unread.isCancelled == false)
        let unlisted = await end(by: HoldfastError.unwritable("f", detail: "too long"))
        #expect(unlisted.thrown is HoldfastError)
        #expect(unlisted.isCancelled == false)
    }

    @Test("are cancelled where the backup ends") func failure() async {
        let failed = await end(by: Failure())
        #expect(failed.thrown is Failure)
        #expect(failed.isCancelled == true)
    }

    @Test("of which one fails meanwhile end with that") func both() async {
        var thrown: (any Error)?
        do {
            try await withFileTasks(of: Int.self) { group in
                group.addTask { throw Failure() }
                throw SourceProblem(path: Array("f".utf8), what: .vanished)
            }
        } catch {
            thrown = error
        }
        #expect(thrown is Failure)
    }
}
