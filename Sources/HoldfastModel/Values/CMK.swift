/// The URI of a customer-managed key: `local:<keyring>/<key>`, `aws-kms:arn:aws:kms:…`. A name, never an address.
package struct CMK: Hashable, Comparable, Sendable {
    package let uri: String

    /// Takes `scheme:rest` in printable ASCII without spaces; what `rest` must be is its key manager's to say.
    package init?(_ uri: String) {
        guard let colon = uri.utf8.firstIndex(of: UInt8(ascii: ":")), colon != uri.utf8.startIndex,
            uri.utf8.index(after: colon) != uri.utf8.endIndex, uri.utf8.count <= 2048,
            uri.utf8.allSatisfy({ (0x21...0x7e).contains($0) })
        else { return nil }
        self.uri = uri
    }

    /// The key manager's kind: `local`, `aws-kms`.
    package var scheme: String { String(uri.prefix { $0 != ":" }) }
    /// What stands after the scheme's colon.
    package var name: String { String(uri.drop { $0 != ":" }.dropFirst()) }

    /// What all members of a multi-Region family have in common: the URI without its Region. Nil for a CMK that has no relatives.
    package var familyName: String? {
        let parts = uri.split(separator: ":", maxSplits: 6, omittingEmptySubsequences: false)
        guard parts.count == 7, parts[0] == "aws-kms", parts[3] == "kms", parts[6].hasPrefix("key/mrk-") else { return nil }
        return (parts[..<4] + parts[5...]).joined(separator: ":")
    }

    package static func < (a: Self, b: Self) -> Bool { a.uri < b.uri }
}

extension CMK: CustomStringConvertible {
    package var description: String { uri }
}

/// An entry of `cmks:` in the project file: one CMK, or all whose URI begins as it says (one `*`, at the end).
package struct CMKPattern: Hashable, Sendable {
    package let text: String

    package init?(_ text: String) {
        let body = text.hasSuffix("*") ? String(text.dropLast()) : text
        guard !body.contains("*"), CMK(body) != nil else { return nil }
        self.text = text
    }

    package func matches(_ cmk: CMK) -> Bool {
        text.hasSuffix("*") ? cmk.uri.hasPrefix(text.dropLast()) : cmk.uri == text
    }
}
