import HoldfastModel

/// The table of `docs/RETENTION.md`, section 1.4.
extension ProjectReader {
    private static let policyFields = ["at", "zone", "items", "on_demand", "keep_min", "grace", "keep_rules"]

    func policy(_ place: YAMLPlace?, isBackupOn: Bool) -> Policy {
        guard let place else { return Policy() }
        let fields = YAMLFields(place, known: Self.policyFields)
        let keepRules = fields["keep_rules"].map(keepRules)
        let items = items(fields["items"], isCounted: keepRules != nil)
        let policy = Policy(
            at: fields["at"].flatMap(timeOfDay) ?? .evening, zone: fields["zone"].flatMap(zone) ?? .utc,
            items: items.map(\.item), onDemand: fields["on_demand"]?.period() ?? Period(days: 30),
            keepMin: fields["keep_min"]?.integer("1 to 1000", in: Policy.keepMinimums) ?? 1,
            grace: fields["grace"].flatMap(grace) ?? Period(days: 7), keepRules: keepRules)
        for conflict in policy.conflicts { report(conflict, of: policy, items.map(\.fields), fields) }
        if keepRules != nil, isBackupOn, policy.items.isEmpty {
            fields.report(
                "items", "nothing new is scheduled: rules will never free a snapshot; give it items:, or set backup: off",
                .warning)
        }
        return policy
    }

    /// An item of the schedule with the fields that it was read from.
    private typealias PlacedItem = (item: ScheduleItem, fields: YAMLFields?)

    /// Only the items that have a schedule. Under count rules the default schedule has no dates.
    private func items(_ place: YAMLPlace?, isCounted: Bool) -> [PlacedItem] {
        guard let place else {
            return ScheduleItem.defaults.map { (ScheduleItem(every: $0.every, keep: isCounted ? nil : $0.keep), nil) }
        }
        return place.list("[{every: day, keep: 7 days}]")?.compactMap(item) ?? []
    }

    private func item(_ place: YAMLPlace) -> PlacedItem? {
        let fields = YAMLFields(place, known: ["every", "keep"])
        let keep = fields["keep"]?.period()
        guard let every = fields.required("every", "how often?; write every: day, or another schedule").flatMap(schedule) else {
            return nil
        }
        return (ScheduleItem(every: every, keep: keep), fields)
    }

    private func schedule(_ place: YAMLPlace) -> Schedule? {
        guard let text = place.text("\(ScheduleError.unknown)") else { return nil }
        do throws(ScheduleError) {
            return try Schedule(text)
        } catch {
            place.report("\(error)")
            return nil
        }
    }

    private func timeOfDay(_ place: YAMLPlace) -> TimeOfDay? {
        place.scalar("a time of day from 00:00 to 23:59; quote it: \"18:00\"") { text, kind in
            kind == .text ? TimeOfDay(text) : nil
        }
    }

    private func zone(_ place: YAMLPlace) -> Zone? {
        place.scalar("no such zone in the tz database; write e.g. Europe/Berlin, or UTC") { text, _ in zone(text) }
    }

    private func grace(_ place: YAMLPlace) -> Period? {
        guard let grace = place.period(zeroAllowed: true) else { return nil }
        let day = Period(days: 1).comparableSeconds
        if grace.comparableSeconds > 90 * day { place.report("90 days at most; write a shorter time") }
        if grace.comparableSeconds < day { place.report("little time to undelete; write 1 day or more", .warning) }
        return grace
    }

    private func report(_ conflict: PolicyConflict, of policy: Policy, _ items: [YAMLFields?], _ fields: YAMLFields) {
        switch conflict {
        case .twice(let item, _): items[item]?.report("every", "\(policy.items[item].every) stands twice; take one of them out")
        case .secondHourItem(let item): items[item]?.report("every", "one hour item at most; take one of them out")
        case .howLong(let item):
            if let fields = items[item], fields["keep"] == nil {
                fields.report("keep", "how long?; write keep: 7 days, or another time")
            }
        case .datedAndCounted(let item):
            items[item]?.report(
                "keep", "dated or counted, not both; take keep: out of the items, or keep_rules: out of the policy")
        case .goneBeforeTheNext(let item):
            items[item]?.report(
                "keep", "gone before the next one; keep it as long as from one to the next, or longer")
        case .keptShorter(let item, let other):
            let (less, more) = (text(policy.items[item]), text(policy.items[other]))
            items[item]?.report("keep", "\(less) is kept shorter than \(more); keep it longer, or that one shorter")
        // Of rules that are wrong nobody knows what they keep.
        case .keepsNothing where fields.place.problems.hasErrors(below: fields.place.path(to: "keep_rules")): break
        case .keepsNothing:
            fields.report("keep_rules", "would keep nothing; give a rule a number over 0, as in last: 3, or take keep_rules: out")
        }
    }

    private func text(_ item: ScheduleItem) -> String {
        "\(item.every) (\(item.keep.map(\.description) ?? "by rules"))"
    }
}
