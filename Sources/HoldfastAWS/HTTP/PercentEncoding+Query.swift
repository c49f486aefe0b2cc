extension PercentEncoding {
    /// `name=value` pairs, sorted by encoded name, then value.
    package static func query(_ items: [HTTPRequest.QueryItem]) -> String {
        let pairs = items.map { (component($0.name), component($0.value)) }
        // Encoded text is ASCII alone, which Swift too compares byte by byte.
        let sorted = pairs.sorted { ($0.0, $0.1) < ($1.0, $1.1) }
        return sorted.map { "\($0.0)=\($0.1)" }.joined(separator: "&")
    }
}
