/// Where a repository is in S3: `s3://BUCKET[/PREFIX]`.
package struct S3Address: Hashable, Sendable {
    package let bucket: String
    /// What stands before every object's name: empty, or with a slash at its end.
    package let prefix: String

    /// Throws what is wrong with the text, and how it has to be.
    package init(_ text: String) throws(S3AddressError) {
        guard text.hasPrefix("s3://") else { throw S3AddressError(address: text, problem: "this is not s3://BUCKET/PREFIX") }
        let rest = text.dropFirst(5)
        bucket = String(rest.prefix { $0 != "/" })
        if let problem = Self.problem(bucket: bucket) { throw S3AddressError(address: text, problem: problem) }
        var path = rest.dropFirst(bucket.count).drop { $0 == "/" }
        while path.hasSuffix("/") { path.removeLast() }
        if let problem = Self.problem(prefix: path) { throw S3AddressError(address: text, problem: problem) }
        prefix = path.isEmpty ? "" : path + "/"
    }

    /// The rules of S3 for general purpose buckets (Amazon S3 User Guide, "Bucket naming rules"), but for reserved affixes.
    private static func problem(bucket: String) -> String? {
        guard (3...63).contains(bucket.utf8.count) else { return "the bucket '\(bucket)' has to have 3 to 63 characters" }
        guard bucket.utf8.allSatisfy({ isLowerCaseOrDigit($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") }) else {
            return "the bucket '\(bucket)' may only have lower-case letters, digits, hyphens and dots"
        }
        guard let first = bucket.utf8.first, let last = bucket.utf8.last, isLowerCaseOrDigit(first), isLowerCaseOrDigit(last),
            !bucket.contains("..")
        else { return "the bucket '\(bucket)' has to begin and end with a letter or digit, and no two dots may meet in it" }
        guard IPAddress(bucket) == nil else { return "the bucket '\(bucket)' may not look like an address" }
        return nil
    }

    /// Narrower than S3, which takes any text: what is left needs no thought in URLs, policies and shells.
    private static func problem(prefix: Substring) -> String? {
        let segments = prefix.split(separator: "/", omittingEmptySubsequences: false)
        guard prefix.isEmpty || !segments.contains(where: { ["", ".", ".."].contains($0) }) else {
            return "the prefix '\(prefix)' may not have empty parts, '.' or '..'"
        }
        let marks = Set("-_.=@/".utf8)
        guard prefix.utf8.allSatisfy({ isLowerCaseOrDigit($0 | 0x20) || marks.contains($0) }) else {
            return "the prefix '\(prefix)' may only have letters, digits and -_.=@/"
        }
        // A key has at most 1024 bytes, and the longest name of ours 104.
        return prefix.utf8.count <= 800 ? nil : "the prefix has more than 800 characters"
    }

    private static func isLowerCaseOrDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}

extension S3Address: CustomStringConvertible {
    package var description: String { prefix.isEmpty ? "s3://\(bucket)" : "s3://\(bucket)/\(prefix.dropLast())" }
}

/// Why a text is no address in S3.
package struct S3AddressError: Error, Hashable, Sendable, CustomStringConvertible {
    package let address: String
    package let problem: String

    package var description: String { "\(address): \(problem)" }
}
