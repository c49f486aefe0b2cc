import Synchronization

/// Hands out the indices below a number, each once, until it is stopped.
final class NextIndex: Sendable {
    private let state: Mutex<Range<Int>>

    private init(count: Int) { state = Mutex(0..<count) }

    func take() -> Int? {
        state.withLock { range in
            guard !range.isEmpty else { return nil }
            defer { range = (range.lowerBound + 1)..<range.upperBound }
            return range.lowerBound
        }
    }

    private func stop() { state.withLock { $0 = 0..<0 } }

    /// Lets so many workers share the indices below `count`. The first failure is thrown once all have ended; after it no more
    /// indices are handed out.
    static func share(
        below count: Int, among width: Int, _ work: @escaping @Sendable (NextIndex) async throws(HoldfastError) -> Void
    ) async throws(HoldfastError) {
        let next = NextIndex(count: count)
        let failure = await withTaskGroup(of: HoldfastError?.self) { group in
            for _ in 0..<min(width, count) {
                group.addTask {
                    do throws(HoldfastError) {
                        try await work(next)
                        return nil
                    } catch {
                        next.stop()
                        return error
                    }
                }
            }
            var failure: HoldfastError?
            for await error in group { failure = failure ?? error }
            return failure
        }
        if let failure { throw failure }
    }
}
