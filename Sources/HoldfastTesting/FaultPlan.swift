/// Decides, call by call, what goes wrong; and keeps account of it.
package struct FaultPlan: Sendable {
    private let scripted: [Fault]
    private var random: SeededRandom
    /// One call in so many goes wrong by chance; 0 for none.
    private let oneIn: Int
    private var counts: [StoreOperation: Int] = [:]
    private var isCutOff = false
    /// The scripted ones that have struck.
    private var struck: Set<Fault> = []

    /// All calls so far, those that failed included.
    package private(set) var callCount = 0
    /// All calls that went wrong, scripted, by chance, or because nothing gets through any more.
    package private(set) var injectedCount = 0

    package init(_ faults: [Fault]) {
        (scripted, oneIn, random) = (faults, 0, SeededRandom(seed: 0))
    }

    /// Each call goes wrong with a chance of one in `oneIn`, before or after.
    package init(seed: UInt64, oneIn: Int) {
        (scripted, self.oneIn, random) = ([], oneIn, SeededRandom(seed: seed))
    }

    /// Scripted faults that have not struck: a test that leaves any proves less than it says.
    package var unexercised: [Fault] { scripted.filter { !struck.contains($0) } }

    package mutating func fault(for operation: StoreOperation) -> Fault.Moment? {
        callCount += 1
        counts[operation, default: 0] += 1
        guard let moment = cutOff ?? scriptedFault(for: operation) ?? chance() else { return nil }
        injectedCount += 1
        return moment
    }

    private var cutOff: Fault.Moment? { isCutOff ? .before : nil }

    private mutating func scriptedFault(for operation: StoreOperation) -> Fault.Moment? {
        let due = scripted.first { fault in
            guard let kind = fault.operation else { return fault.occurrence == callCount }
            return kind == operation && fault.occurrence == counts[operation]
        }
        guard let due else { return nil }
        struck.insert(due)
        isCutOff = due.isLasting
        return due.moment
    }

    private mutating func chance() -> Fault.Moment? {
        guard oneIn > 0, Int.random(in: 0..<oneIn, using: &random) == 0 else { return nil }
        return Bool.random(using: &random) ? .before : .after
    }
}
