import HoldfastModel

extension ProjectReader {
    /// Nil, and told, where it does not say how often.
    func drill(_ place: YAMLPlace) -> DrillPlan? {
        let fields = YAMLFields(place, known: ["every", "sample", "host"])
        let every = fields.required("every", "how often?; write every: 7 days, or another time")?.period()
        let amount = fields["sample"]?.scalar("all, a size such as 1 GiB, or a part such as 5 %") { text, _ in DrillAmount(text) }
        let host = fields["host"]?.name()
        return every.map { DrillPlan(every: $0, amount: amount ?? .standard, host: host) }
    }
}
