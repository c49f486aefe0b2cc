/// This program's version, as manifests record it.
enum Version {
    static let number = "0.1.0"
    static let text = "holdfast \(number)"
    /// What a manifest's header says it was written by.
    static let tool = "holdfast/\(number)"
}
