import HoldfastModel

extension ProjectReader {
    private static let ruleNames =
        ["last", "within", "tags"] + KeepRules.Bucket.allCases.flatMap { [$0.rawValue, "within_\($0.rawValue)"] }

    func keepRules(_ place: YAMLPlace) -> KeepRules {
        let fields = YAMLFields(place, known: Self.ruleNames)
        var rules = KeepRules(
            last: fields["last"].flatMap(count) ?? 0, within: fields["within"]?.period(), tags: fields["tags"].map(tags) ?? [])
        for bucket in KeepRules.Bucket.allCases {
            rules.counts[bucket] = fields[bucket.rawValue].flatMap(count)
            rules.withinBuckets[bucket] = fields["within_\(bucket.rawValue)"]?.period()
        }
        return rules
    }

    private func count(_ place: YAMLPlace) -> Int? {
        place.integer("a whole number from 0 to 10000", in: KeepRules.countRange)
    }

    private func tags(_ place: YAMLPlace) -> [[String]] {
        let example = "[[audit], [release, final]]"
        guard let lists = place.list(example) else { return [] }
        if lists.isEmpty { place.report("an empty list: write \(example)") }
        return lists.map { list in
            let tags = list.list("[audit], in \(example)")
            if tags?.isEmpty == true { list.report("an empty list would keep everything; name a tag in it, or take it out") }
            return tags?.compactMap { $0.text() } ?? []
        }
    }
}
