/// The rule for names of projects, clusters, nodes and sources, which stand in headers and in every encryption context.
package enum ProjectNames {
    package static let maximumByteCount = 128

    /// Not empty, at most 128 bytes of UTF-8, no control characters, no slash.
    package static func isName(_ text: String) -> Bool {
        (1...maximumByteCount).contains(text.utf8.count)
            && text.unicodeScalars.allSatisfy { $0 != "/" && $0.properties.generalCategory != .control }
    }
}
