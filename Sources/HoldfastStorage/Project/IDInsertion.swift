import HoldfastModel

/// Puts the id of a cluster's repository into the text of a project file and leaves the rest as it stands.
struct IDInsertion {
    let file: String
    let directory: String

    /// Tries the places where the line may stand and takes the first after which the file says the same, and the id.
    func adding(_ id: RepositoryID, to cluster: String, in text: String) throws(ProjectFileError) -> String {
        var wanted = try project(text)
        guard let index = wanted.clusters.firstIndex(where: { $0.name == cluster && $0.id == nil }),
            let repository = try repositoryPosition(of: cluster, in: text)
        else { throw .noPlaceForID(file: file, cluster: cluster, id: id) }
        wanted.clusters[index].id = id
        for candidate in Self.candidates(text, "id: \(YAMLText.scalar(id.hex))", besides: repository) {
            if says(candidate, wanted) { return candidate }
        }
        throw .noPlaceForID(file: file, cluster: cluster, id: id)
    }

    private func says(_ text: String, _ wanted: Project) -> Bool {
        do throws(ProjectFileError) {
            return try project(text) == wanted
        } catch {
            return false
        }
    }

    /// Zones were looked up when the file was read.
    private func project(_ text: String) throws(ProjectFileError) -> Project {
        try ProjectFile(parsing: text, file: file, directory: directory, zone: { Zone(name: $0, initialOffset: 0) }).project
    }

    private func repositoryPosition(of cluster: String, in text: String) throws(ProjectFileError) -> TextPosition? {
        do throws(ProjectProblem) {
            let root = try YAMLDocument(text).root
            return root?["clusters"]?[cluster]?.fields?.first { $0.name == "repository" }?.position
        } catch {
            throw .invalid(file: file, problems: [error])
        }
    }

    /// In the line below `repository:`, in the line above it, or before it within braces.
    private static func candidates(_ text: String, _ id: String, besides position: TextPosition) -> [String] {
        guard let name = text.index(of: position), let start = text.startOfLine(position.line) else { return [] }
        let (indent, end) = (text[start..<name], text.endOfLine(at: name))
        let newline = text.contains("\r\n") ? "\r\n" : "\n"
        return [
            text[..<end] + newline + indent + id + text[end...],
            text[..<start] + indent + id + newline + text[start...],
            text[..<name] + id + ", " + text[name...],
        ]
    }
}

extension YAMLValue {
    /// What stands under a name; nil where nothing does.
    fileprivate subscript(_ name: String) -> YAMLValue? { fields?.first { $0.name == name }?.value }
}
