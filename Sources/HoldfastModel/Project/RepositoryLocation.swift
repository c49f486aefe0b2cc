/// Where a repository is.
package enum RepositoryLocation: Hashable, Sendable {
    /// An absolute path without `.` and `..`.
    case directory(String)
    /// `prefix` has no slash at either end; empty is the whole bucket.
    case s3(bucket: String, prefix: String)

    /// Reads a path, which is relative to `directory`, or `s3://bucket/prefix`; nil for any other scheme and for nothing.
    package init?(_ text: String, relativeTo directory: String) {
        guard let scheme = Self.scheme(of: text) else {
            guard !text.isEmpty else { return nil }
            self = .directory(LexicalPath.absolute(text, from: directory))
            return
        }
        let parts = text.dropFirst(scheme.count + 3).split(separator: "/").map(String.init)
        guard scheme == "s3", let bucket = parts.first, Self.isBucket(bucket), !text.hasPrefix("s3:///") else { return nil }
        self = .s3(bucket: bucket, prefix: parts.dropFirst().joined(separator: "/"))
    }

    /// What stands before `://`, where it could be a scheme at all.
    private static func scheme(of text: String) -> Substring? {
        let scheme = text.prefix { $0 != ":" }
        guard !scheme.isEmpty, text.dropFirst(scheme.count).hasPrefix("://"),
            scheme.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "+-.".contains($0)) })
        else { return nil }
        return scheme
    }

    /// Nil where it is elsewhere than on this machine.
    package var directory: String? { if case .directory(let path) = self { path } else { nil } }

    package var isS3: Bool { if case .s3 = self { true } else { false } }

    private static func isBucket(_ text: String) -> Bool {
        (3...63).contains(text.utf8.count)
            && text.allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber || $0 == "." || $0 == "-") }
    }
}

extension RepositoryLocation: CustomStringConvertible {
    package var description: String {
        switch self {
        case .directory(let path): path
        case .s3(let bucket, let prefix): prefix.isEmpty ? "s3://\(bucket)" : "s3://\(bucket)/\(prefix)"
        }
    }
}
