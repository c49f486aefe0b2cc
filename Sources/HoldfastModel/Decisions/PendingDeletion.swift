/// A CMK on its way out: when its key manager is to delete it, and what is said of that now.
package struct PendingDeletion: Hashable, Sendable {
    /// By the key manager's word, or a key log's; nil where neither has it.
    package let date: Timestamp?
    private let now: Timestamp

    package init(date: Timestamp?, now: Timestamp) {
        self.date = date
        self.now = now
    }

    /// The date has come, and the key manager has not said that the CMK is gone.
    package var isOverdue: Bool { date.map { $0 <= now } ?? false }

    /// What follows the CMK's name: `will be deleted on 2028-04-19 09:00 UTC`.
    package var words: String {
        guard let date else { return "will be deleted soon" }
        return isOverdue ? "was to be deleted on \(date.toTheMinute) UTC" : "will be deleted on \(date.toTheMinute) UTC"
    }

    /// What its reader does next, as a line of text.
    package func step(for cmk: CMK) -> String {
        isOverdue
            ? "if its key manager has it still: holdfast keys cancel-deletion \(cmk.shellWord); holdfast keys audit records that it is gone"
            : "to stop it: holdfast keys cancel-deletion \(cmk.shellWord)"
    }
}
