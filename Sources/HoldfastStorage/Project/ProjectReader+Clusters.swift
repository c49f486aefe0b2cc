import HoldfastModel

extension ProjectReader {
    private static let clusterFields = ["repository", "id", "backup", "trust_base", "was", "pack_size", "nodes", "policy"]

    func clusters(_ fields: YAMLFields) -> [Cluster] {
        guard let place = fields.required("clusters", "is missing: name at least one cluster") else { return [] }
        let named = entries(place)
        if named.isEmpty, place.value.isNull || place.value.fields != nil { place.report("name at least one cluster") }
        let clusters = named.compactMap(cluster)
        reportShared(clusters)
        return clusters.map(\.cluster)
    }

    /// The named parts of a mapping, in the file's order; names that are none are told.
    func entries(_ place: YAMLPlace) -> [(name: String, place: YAMLPlace)] {
        place.fields().map { field in
            if !ProjectNames.isName(field.name) {
                place.report(field, "not a name: 1 to \(ProjectNames.maximumByteCount) bytes, without / and control characters")
            }
            return (field.name, place.below(field.name, field.value))
        }
    }

    private func cluster(_ name: String, _ place: YAMLPlace) -> (cluster: Cluster, fields: YAMLFields)? {
        let fields = YAMLFields(place, known: Self.clusterFields)
        let location = fields.required("repository", "is missing: \(Self.locations)").flatMap(repository)
        let isBackupOn = fields["backup"]?.onOrOff()
        let cluster = Cluster(
            name: name, repository: location ?? .directory("/"), id: fields["id"]?.id(), isBackupOn: isBackupOn ?? true,
            trustBase: fields["trust_base"]?.choice() ?? .witness,
            was: fields["was"]?.list()?.compactMap { $0.name() } ?? [],
            packSize: fields["pack_size"]?.byteCount(in: Cluster.packSizes) ?? Cluster.defaultPackSize,
            nodes: fields["nodes"].map(entries)?.map(node) ?? [],
            policy: policy(fields["policy"], isBackupOn: isBackupOn ?? true))
        return location == nil ? nil : (cluster, fields)
    }

    private static let locations = "a directory, or s3://bucket/prefix"

    private func repository(_ place: YAMLPlace) -> RepositoryLocation? {
        place.scalar(Self.locations) { text, kind in
            kind == .null || text.utf8.contains(0) ? nil : RepositoryLocation(text, relativeTo: directory)
        }
    }

    private func node(_ name: String, _ place: YAMLPlace) -> Node {
        let fields = YAMLFields(place, known: ["sources", "before", "after", "hook_limit"])
        return Node(
            name: name, sources: fields["sources"].map(entries)?.compactMap(source) ?? [],
            before: fields["before"]?.texts() ?? [], after: fields["after"]?.texts() ?? [],
            hookLimit: fields["hook_limit"]?.seconds() ?? Node.defaultHookLimit)
    }

    /// One repository is one cluster's.
    private func reportShared(_ named: [(cluster: Cluster, fields: YAMLFields)]) {
        for (index, (cluster, fields)) in named.enumerated() {
            let earlier = named[..<index].map(\.cluster)
            if let other = earlier.first(where: { $0.repository == cluster.repository }) {
                fields.report("repository", "is the repository of cluster \(other.name) too")
            }
            if let other = earlier.first(where: { $0.id != nil && $0.id == cluster.id }) {
                fields.report("id", "is the id of cluster \(other.name) too")
            }
        }
    }
}
