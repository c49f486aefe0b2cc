import HoldfastModel

/// Makes a project of a tree, telling everything that is wrong with it.
struct ProjectReader {
    let file: String
    /// An absolute path: what relative paths in the file are relative to.
    let directory: String
    let zone: (String) -> Zone?

    private static let fieldNames = [
        "project", "cmks", "key_managers", "stores", "recovery", "clusters", "gone", "rotate_every", "drill", "on_alert",
        "webhook",
    ]

    /// Only nil or wrong where an error has been told.
    func project(_ root: YAMLPlace) -> Project? {
        let fields = YAMLFields(root, known: Self.fieldNames)
        let name = fields.required("project", "is missing: the name that stands in every encryption context")?.name()
        let clusters = clusters(fields)
        let managers = keyManagers(fields["key_managers"])
        let project = Project(
            file: file, name: name ?? "", cmks: cmks(fields), keyManagers: managers,
            s3: s3(fields["stores"], like: managers.aws),
            recovery: fields["recovery"]?.list()?.compactMap(recoveryCMK) ?? [],
            clusters: clusters, gone: gone(fields["gone"], clusters), rotateEvery: rotateEvery(fields["rotate_every"]),
            drill: fields["drill"].flatMap(drill), onAlert: fields["on_alert"]?.texts() ?? [],
            webhook: fields["webhook"]?.scalar("not a webhook: write an http or https URL, without a user") { text, _ in
                Webhook(text)
            })
        return name == nil ? nil : project
    }

    func path(_ text: String) -> String { LexicalPath.absolute(text, from: directory) }

    private func cmks(_ fields: YAMLFields) -> [CMKPattern] {
        let places = fields["cmks"].map { $0.list() } ?? []
        if places?.isEmpty == true {
            fields.report("cmks", "no CMK is trusted: no snapshot can be taken or opened", .warning)
        }
        return places?.compactMap(cmkPattern) ?? []
    }

    private func cmkPattern(_ place: YAMLPlace) -> CMKPattern? {
        place.scalar("not a CMK: write its URI, such as local:…/*, with one * at the end if any") { text, _ in CMKPattern(text) }
    }

    private func recoveryCMK(_ place: YAMLPlace) -> CMK? {
        place.scalar("not a CMK: write its whole URI, without *") { text, _ in text.contains("*") ? nil : CMK(text) }
    }

    private func gone(_ place: YAMLPlace?, _ clusters: [Cluster]) -> [RepositoryID] {
        let places = place?.list() ?? []
        return places.compactMap { place in
            let id = place.id()
            if let id, let cluster = clusters.first(where: { $0.id == id }) {
                place.report("is the repository of cluster \(cluster.name), so it is not gone")
            }
            return id
        }
    }

    private func rotateEvery(_ place: YAMLPlace?) -> Period? {
        guard let place else { return Period(days: 90) }
        if case .scalar("off", _) = place.value.content { return nil }
        return place.period("a duration, or off")
    }

    private func keyManagers(_ place: YAMLPlace?) -> KeyManagerSettings {
        let fields = place.map { YAMLFields($0, known: ["local", "aws-kms", "exec", "pkcs11"]) }
        return KeyManagerSettings(
            local: localKeyring(fields?["local"]), aws: fields?["aws-kms"].map(aws),
            programs: fields?["exec"].map(keyPrograms) ?? [:], token: fields?["pkcs11"].flatMap(token))
    }

    private func localKeyring(_ place: YAMLPlace?) -> LocalKeyringSettings {
        let fields = place.map { YAMLFields($0, known: ["keyring", "passphrase_file"]) }
        return LocalKeyringSettings(
            keyring: path(fields?["keyring"]?.text() ?? "keyring.json"),
            passphraseFile: fields?["passphrase_file"]?.text().map(path))
    }

    private func aws(_ place: YAMLPlace) -> AWSSettings {
        aws(YAMLFields(place, known: Self.accessNames + ["regions", "trusted_roles"]))
    }

    private static let accessNames = ["region", "role", "external_id", "endpoint", "private_only"]

    private func aws(_ fields: YAMLFields) -> AWSSettings {
        AWSSettings(
            region: fields["region"]?.text(), regions: fields["regions"]?.texts() ?? [], role: fields["role"]?.text(),
            externalID: fields["external_id"]?.text(), trustedRoles: fields["trusted_roles"]?.texts() ?? [],
            endpoint: fields["endpoint"]?.text(), privateOnly: fields["private_only"]?.flag() ?? false)
    }

    /// Whoever reaches AWS KMS by a role reaches S3 by the same, where nothing else is said.
    private func s3(_ place: YAMLPlace?, like kms: AWSSettings?) -> S3Settings {
        var inherited = kms ?? AWSSettings()
        (inherited.endpoint, inherited.trustedRoles) = (nil, [])
        // Where there is no role, this is the trusted ones' alone.
        if inherited.role == nil { inherited.externalID = nil }
        guard let stores = place, let place = YAMLFields(stores, known: ["s3"])["s3"] else {
            return S3Settings(access: inherited)
        }
        let names = ["storage_class", "pack_storage_class", "encryption", "bucket_owner", "insecure", "lock"]
        let fields = YAMLFields(place, known: Self.accessNames + names)
        var access = aws(fields)
        access.isInsecure = fields["insecure"]?.flag() ?? false
        access.region = access.region ?? inherited.region
        // Where a role is assumed while a Region is out: a bucket is in one Region alone.
        access.regions = inherited.regions
        if access.role == nil { (access.role, access.externalID) = (inherited.role, access.externalID ?? inherited.externalID) }
        access.privateOnly = fields["private_only"] == nil ? inherited.privateOnly : access.privateOnly
        return S3Settings(
            access: access, storageClass: fields["storage_class"]?.text(),
            packStorageClass: fields["pack_storage_class"]?.text(), encryption: fields["encryption"]?.text(),
            bucketOwner: fields["bucket_owner"]?.text(),
            lock: fields["lock"]?.scalar("compliance or governance") { text, _ in S3Settings.LockMode(rawValue: text) })
    }
}
