/// Which alerts are to be told now: those that are new or have become worse, critical ones again each day, the reminder of a
/// rotation each week; and once those that are over (`docs/RETENTION.md`, section 3.5).
package struct AlertRound: Hashable, Sendable {
    /// An alert as it was last told.
    package struct Told: Hashable, Sendable {
        /// Nil: nobody could be told yet.
        package var level: Alert.Level?
        package var message: String
        /// When it was first seen.
        package var since: Timestamp
        package var toldAt: Timestamp

        package init(level: Alert.Level?, message: String, since: Timestamp, toldAt: Timestamp) {
            self.level = level
            self.message = message
            self.since = since
            self.toldAt = toldAt
        }
    }

    package typealias Memory = [Alert.Identity: Told]

    package let raised: [Alert]
    /// Told before, and told again.
    package let repeated: [Alert]
    package let resolved: [Alert.Identity]
    /// What to remember once all this is delivered.
    package let memory: Memory
    /// What to remember where it could not be: it is news again next time, and alerts stand since they were first seen.
    package let memoryUntold: Memory

    /// - Parameters:
    ///   - isComplete: everything was read. Else what is not seen may still be there, and is not called over.
    ///   - answering: the CMKs that answered: that one did not is over then, whoever else is silent.
    package init(
        _ current: [Alert], remembered: Memory, isComplete: Bool, answering: Set<CMK> = [], at now: Timestamp
    ) {
        let answers = Set(answering.map { Alert.Identity(kind: .cmkUnreachable, subject: $0.uri) })
        var (raised, repeated) = ([Alert](), [Alert]())
        var memory = isComplete ? [:] : remembered.filter { !answers.contains($0.key) }
        for alert in current {
            let told = remembered[alert.identity]
            var next = told ?? Told(level: alert.level, message: alert.message, since: now, toldAt: now)
            if told?.level.map({ $0 < alert.level }) ?? true {
                raised.append(alert)
                next.toldAt = now
            } else if let pause = alert.pause, next.toldAt + pause <= now || next.toldAt > now {
                repeated.append(alert)
                next.toldAt = now
            }
            (next.level, next.message) = (alert.level, alert.message)
            memory[alert.identity] = next
        }
        (self.raised, self.repeated, self.memory) = (raised, repeated, memory)
        resolved = remembered.filter { memory[$0.key] == nil && $0.value.level != nil }.keys.sorted()
        memoryUntold = Self.untold(memory, resolved: resolved, remembered)
    }

    /// Levels and times stay as they were last told. Of what was over before anybody was told of it nothing is left.
    private static func untold(_ memory: Memory, resolved: [Alert.Identity], _ remembered: Memory) -> Memory {
        var untold = memory
        for (identity, next) in memory {
            untold[identity] =
                remembered[identity] ?? Told(level: nil, message: next.message, since: next.since, toldAt: next.toldAt)
        }
        for identity in resolved { untold[identity] = remembered[identity] }
        return untold
    }

    package var hasNews: Bool { !raised.isEmpty || !repeated.isEmpty || !resolved.isEmpty }
}

extension Alert {
    /// How long it is not told again, in seconds; nil: told once. An hour less than a day, or a week: a timer comes some seconds earlier
    /// than yesterday, and would pass over that day.
    fileprivate var pause: Int64? {
        if level == .critical { return 23 * 3600 }
        return identity.kind == .rotationDue ? (7 * 24 - 1) * 3600 : nil
    }
}
