/// When a snapshot will be gone, and how far that can be relied upon. It colours a "not yet"; no verdict reads it.
package struct DeletionDeparture: Hashable, Sendable {
    package enum Certainty: String, Hashable, Sendable {
        /// Follows from what is written already.
        case exact
        case projected
        /// An act or an event is needed first.
        case waiting
        /// There is no date.
        case never
    }

    package var date: Timestamp?
    package var certainty: Certainty
    /// A word of `docs/RETENTION.md`, section 6: `expiry`, `trash`, `hold` …
    package var why: String

    package init(date: Timestamp?, certainty: Certainty, why: String) {
        self.date = date
        self.certainty = certainty
        self.why = why
    }

    /// The same, but not before the store lets go of it.
    func notBefore(_ lockedUntil: Timestamp?) -> Self {
        guard let lockedUntil, let date, date < lockedUntil else { return self }
        return Self(date: lockedUntil, certainty: certainty, why: "lock")
    }

    static func exact(_ date: Timestamp, _ why: String) -> Self { Self(date: date, certainty: .exact, why: why) }
    static func projected(_ date: Timestamp, _ why: String) -> Self { Self(date: date, certainty: .projected, why: why) }
    static func never(_ why: String) -> Self { Self(date: nil, certainty: .never, why: why) }
    static func waiting(_ why: String) -> Self { Self(date: nil, certainty: .waiting, why: why) }
}
