/// `1 key`, `3 keys`.
func counted(_ count: Int, _ one: String, _ many: String? = nil) -> String {
    count == 1 ? "1 \(one)" : "\(count) \(many ?? one + "s")"
}

/// `a`, `a and b`, `a, b and c`; of many the first few.
func listed(_ words: [String], atMost limit: Int = .max) -> String {
    guard let last = words.last else { return "" }
    if words.count > limit { return "\(words.prefix(limit).joined(separator: ", ")) and \(words.count - limit) more" }
    return words.count == 1 ? last : "\(words.dropLast().joined(separator: ", ")) and \(last)"
}
