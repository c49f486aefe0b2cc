/// The calls of an object store, by name.
package enum StoreOperation: Hashable, Sendable, CaseIterable {
    case read, stat, create, replace, delete, list, listPackOwners, now
}

/// One thing that goes wrong between a client and its store.
package struct Fault: Hashable, Sendable {
    /// "It failed" and "it worked but you never heard" are two histories.
    package enum Moment: Hashable, Sendable, CaseIterable {
        /// The call never reached the store.
        case before
        /// The store did it, and the answer was lost.
        case after
    }

    /// The calls that count; nil counts them all.
    package let operation: StoreOperation?
    /// The how-manieth of those goes wrong, from 1.
    package let occurrence: Int
    package let moment: Moment
    /// Nothing gets through from then on: the client died here, or its network did.
    package let isLasting: Bool

    package init(_ operation: StoreOperation? = nil, at occurrence: Int, _ moment: Moment, isLasting: Bool = false) {
        self.operation = operation
        self.occurrence = occurrence
        self.moment = moment
        self.isLasting = isLasting
    }
}
