package import HoldfastModel

/// `holdfast.json`: which repository this is. Created once; nothing in it is trusted.
package struct RepositoryDescription: Hashable, Sendable {
    package let repository: RepositoryID
    package let created: Timestamp

    package init(repository: RepositoryID, created: Timestamp) {
        self.repository = repository
        self.created = created
    }

    package var encoded: [UInt8] {
        let object: JSONObject = ["format": 1, "repository": .text(repository), "created": .text(created)]
        return object.serialized
    }

    package init(parsing bytes: [UInt8]) throws(FormatError) {
        guard bytes.count <= Record.maximumByteCount else { throw .limit("holdfast.json of \(bytes.count) bytes") }
        do throws(JSONError) {
            let object = try JSONObject.parse(bytes)
            guard try object.integer("format") <= Record.formatVersion else {
                throw JSONError.member("format", problem: "is newer")
            }
            self.init(repository: try object.id("repository"), created: try object.time("created"))
        } catch .member("format", "is newer") {
            throw .newerFormat
        } catch {
            throw .json("\(error)")
        }
    }
}
