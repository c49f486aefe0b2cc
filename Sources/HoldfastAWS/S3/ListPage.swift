import HoldfastModel

/// One answer of ListObjectsV2, relative to the repository's own prefix.
struct ListPage: Sendable {
    var objects: [StoredObject] = []
    /// What was folded at a slash, with the slash.
    var folders: [String] = []
    /// Where the next page begins; nil at the end.
    private(set) var next: String?
    /// The last key or folder on it, known to us or not.
    private(set) var lastKey: String?

    struct Problem: Error, Hashable {
        let text: String
    }

    init() {}

    init(_ bytes: [UInt8], under root: String) throws(Problem) {
        let document: XMLNode
        do throws(XMLError) { document = try XMLNode.parse(bytes) } catch { throw Problem(text: "\(error)") }
        guard document.name == "ListBucketResult" else { throw Problem(text: "it is called \(document.name)") }
        let isEncoded = document.text("EncodingType") == "url"
        func name(_ text: String?) throws(Problem) -> String {
            guard let key = isEncoded ? text.flatMap(PercentEncoding.decoded) : text, key.hasPrefix(root) else {
                throw Problem(text: "'\(text ?? "")' was not asked for")
            }
            return String(key.dropFirst(root.count))
        }
        for node in document.children {
            switch node.name {
            case "Contents":
                let key = try name(node.text("Key"))
                lastKey = max(lastKey ?? key, key)
                guard let known = ObjectName(listed: key) else { continue }
                guard let size = node.text("Size").flatMap({ Int($0) }), size >= 0,
                    let modified = node.text("LastModified").flatMap({ Timestamp($0) })
                else { throw Problem(text: "it does not say how long and how old \(key) is") }
                objects.append(StoredObject(name: known, byteCount: size, modified: modified))
            case "CommonPrefixes":
                let folder = try name(node.text("Prefix"))
                lastKey = max(lastKey ?? folder, folder)
                folders.append(folder)
            default: continue
            }
        }
        switch document.text("IsTruncated") {
        case "false": return
        case "true":
            next = document.text("NextContinuationToken")
            guard next?.isEmpty == false else { throw Problem(text: "it has a next page, and does not say where") }
        // Absence is evidence here: half a listing may not pass for a whole.
        default: throw Problem(text: "it does not say whether it is complete")
        }
    }
}
