/// Calls `body` for every element, at most `limit` at a time, and gives what came of them to `take` in the order of the elements. The
/// first failure in that order is thrown; no others are begun after it, and those that run are cancelled.
func concurrently<Element: Sendable, Output: Sendable, Failure: Error>(
    _ elements: [Element], atMost limit: Int, _ body: @escaping @Sendable (Element) async throws(Failure) -> Output,
    take: (Output) -> Void
) async throws(Failure) {
    let failure: Failure? = await withTaskGroup(of: (Int, Result<Output, Failure>).self) { group in
        var (begun, taken) = (0, 0)
        var early: [Int: Output] = [:]
        func begin() {
            guard begun < elements.count else { return }
            let index = begun
            begun += 1
            group.addTask {
                let outcome: Result<Output, Failure>
                do throws(Failure) { outcome = .success(try await body(elements[index])) } catch { outcome = .failure(error) }
                // After the call: what a generic function writes into its result before it waits, Swift 6.3 loses with -O.
                return (index, outcome)
            }
        }
        for _ in 0..<max(1, limit) { begin() }
        while let (index, result) = await group.next() {
            switch result {
            case .failure(let error):
                group.cancelAll()
                return error
            case .success(let output): early[index] = output
            }
            while let output = early.removeValue(forKey: taken) {
                take(output)
                taken += 1
                begin()
            }
        }
        return nil
    }
    if let failure { throw failure }
}

/// The same, with all outputs in the order of the elements.
func concurrently<Element: Sendable, Output: Sendable, Failure: Error>(
    _ elements: [Element], atMost limit: Int, _ body: @escaping @Sendable (Element) async throws(Failure) -> Output
) async throws(Failure) -> [Output] {
    var outputs: [Output] = []
    outputs.reserveCapacity(elements.count)
    try await concurrently(elements, atMost: limit, body) { outputs.append($0) }
    return outputs
}
