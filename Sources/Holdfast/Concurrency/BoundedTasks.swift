/// Calls `body` for every element, at most `limit` at a time. The first failure is thrown once those that run have ended; no
/// others are begun after it.
func forEach<Element: Sendable>(
    _ elements: [Element], atMost limit: Int, _ body: @escaping @Sendable (Element) async throws(HoldfastError) -> Void
) async throws(HoldfastError) {
    let failure = await withTaskGroup(of: HoldfastError?.self) { group in
        var failure: HoldfastError?
        for (index, element) in elements.enumerated() where failure == nil {
            if index >= limit, let outcome = await group.next() { failure = outcome }
            guard failure == nil else { break }
            group.addTask {
                do throws(HoldfastError) {
                    try await body(element)
                    return nil
                } catch {
                    return error
                }
            }
        }
        for await outcome in group { failure = failure ?? outcome }
        return failure
    }
    if let failure { throw failure }
}
