/// How slowly the body of an answer may come: one that drips holds its reader up as much as silence does, and its length is no reason
/// to wait for as long as that many bytes would take. What is slow and steady is waited for: of a thin line each of several requests has a share.
package struct AnswerPace: Hashable, Sendable {
    /// From the answer's head on, whatever comes.
    package let patience: Duration
    /// In bytes a second.
    package let slowest: Int

    package init(patience: Duration = .seconds(30), slowest: Int = 16 << 10) {
        self.patience = patience
        self.slowest = slowest
    }

    /// How long so many bytes may take.
    package func limit(byteCount: Int) -> Duration { patience + .seconds(Double(byteCount) / Double(slowest)) }
}
