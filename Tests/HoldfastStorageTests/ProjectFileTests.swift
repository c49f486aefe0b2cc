import HoldfastModel
import HoldfastStorage
import Testing

@Suite struct ProjectFileTests {
    @Test("everything that the manual shows is read")
    func wholeExample() throws {
        let file = try ProjectSample.read(Self.example)
        #expect(file.warnings == [])
        let project = file.project
        #expect(project.file == "holdfast.yaml")
        #expect(project.name == "default")
        #expect(
            project.cmks.map(\.text) == ["local:\(ProjectSample.keyring)/*", "aws-kms:arn:aws:kms:us-east-1:111122223333:key/*"])
        #expect(
            project.keyManagers
                == KeyManagerSettings(
                    local: LocalKeyringSettings(
                        keyring: "/etc/holdfast/keyring.json", passphraseFile: "/etc/holdfast/passphrase"),
                    aws: AWSSettings(
                        region: "us-east-1", role: "arn:aws:iam::111122223333:role/holdfast", externalID: "…",
                        trustedRoles: ["arn:aws:iam::111122223333:role/former"], endpoint: "https://vpce-1", privateOnly: true),
                    programs: [
                        "vault": KeyProgramSettings(command: ["/usr/local/bin/vault-keys", "--mount", "./x"], secondsAtMost: 90),
                        "beside": KeyProgramSettings(command: ["/etc/holdfast/bin/keys"]),
                        "found": KeyProgramSettings(command: ["keys"]),
                    ],
                    token: TokenSettings(
                        module: "/usr/lib/softhsm/libsofthsm2.so", token: "backup", pinFile: "/etc/holdfast/pin")))
        #expect(project.recovery == [])
        #expect(project.gone == [])
        #expect(project.rotateEvery == Period(90, .days))
        #expect(project.clusters == [try expectedCluster()])
    }

    private func expectedCluster() throws -> Cluster {
        let data = Source(name: "data", origin: .paths(["/var/lib/mongodb"]), kind: .database, exclude: ["*.lock"])
        let dump = Source(
            name: "dump", origin: .command(["pg_dump", "-Fc", "app"], filename: try #require(StreamName("app.dump"))))
        let node = Node(
            name: "db1", sources: [data, dump], before: ["systemctl", "freeze-db"], after: ["systemctl", "thaw-db"])
        let id: RepositoryID = try #require(RepositoryID(ProjectSample.id))
        return Cluster(name: "default", repository: .directory("/srv/backups"), id: id, nodes: [node])
    }

    private static let example = """
        project: default                        # stands in every encryption context: it does not change
        cmks:                                   # the CMKs that this project trusts
          - local:\(ProjectSample.keyring)/*
          - aws-kms:arn:aws:kms:us-east-1:111122223333:key/*
        key_managers:
          local: {keyring: ./keyring.json, passphrase_file: /etc/holdfast/passphrase}
          aws-kms: {region: us-east-1, role: "arn:aws:iam::111122223333:role/holdfast", external_id: "…", trusted_roles: ["arn:aws:iam::111122223333:role/former"], endpoint: "https://vpce-1", private_only: true}
          exec:
            vault: {command: [/usr/local/bin/vault-keys, --mount, ./x], timeout: 90 seconds}
            beside: {command: [./bin/keys]}
            found: {command: [keys]}
          pkcs11: {module: /usr/lib/softhsm/libsofthsm2.so, token: backup, pin_file: pin}
        recovery: []                            # CMKs that wrap every snapshot as well
        clusters:
          default:
            repository: /srv/backups            # a directory, or s3://bucket/prefix
            id: \(ProjectSample.id)
            backup: on
            trust_base: witness                 # witness | cluster | none
            was: []                             # earlier names of this cluster
            pack_size: 16 MiB
            nodes:
              db1:
                sources:
                  data: {paths: [/var/lib/mongodb], kind: database, exclude: ["*.lock"]}
                  dump: {command: [pg_dump, -Fc, app], filename: app.dump}
                before: [systemctl, freeze-db]
                after: [systemctl, thaw-db]
            policy: {}                          # the default policy
        gone: []
        rotate_every: 90 days
        """

    @Test("what is left out has its default")
    func leastProject() throws {
        let project = try ProjectSample.read("{project: p, cmks: [local:k/1], clusters: {c: {repository: ./r}}}").project
        #expect(
            project
                == Project(
                    file: "holdfast.yaml", name: "p", cmks: [try #require(CMKPattern("local:k/1"))],
                    keyManagers: KeyManagerSettings(local: LocalKeyringSettings(keyring: "/etc/holdfast/keyring.json")),
                    clusters: [Cluster(name: "c", repository: .directory("/etc/holdfast/r"))]))
        #expect(project.clusters[0].policy == Policy())
        #expect(project.clusters[0].packSize == 16 << 20)
        #expect(project.rotateEvery == Period(90, .days))
    }

    @Test("clusters, nodes and sources stay in the file's order")
    func order() throws {
        let names = ["zeta", "alpha", "mid"]
        let clusters = names.map {
            "  \($0): {repository: s3://bucket/\($0), nodes: {n2: , n1: {sources: {b: {paths: [x]}, a: {paths: [y]}}}}}"
        }
        let text = "project: p\ncmks: [local:k/1]\nclusters:\n" + clusters.joined(separator: "\n")
        let project = try ProjectSample.read(text).project
        #expect(project.clusters.map(\.name) == names)
        #expect(project.clusters[0].nodes.map(\.name) == ["n2", "n1"])
        #expect(project.clusters[0].nodes[1].sources.map(\.name) == ["b", "a"])
        #expect(project.cluster(named: "mid")?.node(named: "n1")?.source(named: "a")?.origin == .paths(["/etc/holdfast/y"]))
        #expect(project.clusters[1].repository == .s3(bucket: "bucket", prefix: "alpha"))
    }

    @Test(
        "S3 is reached as AWS KMS is, but for the roles that are trusted with older envelopes and their external id",
        arguments: [
            ("role: r, ", AWSSettings(region: "eu-west-1", role: "r", externalID: "e1")), ("", AWSSettings(region: "eu-west-1")),
        ])
    func reachedAlike(role: String, access: AWSSettings) throws {
        let text = """
            project: p
            cmks: [local:k/1]
            key_managers: {aws-kms: {region: eu-west-1, \(role)external_id: e1, trusted_roles: [former], endpoint: "https://k"}}
            clusters: {a: {repository: "s3://backups/p"}}
            """
        #expect(try ProjectSample.read(text).project.s3.access == access)
        #expect(try ProjectSample.read(text + "\nstores: {s3: {storage_class: GLACIER_IR}}").project.s3.access == access)
    }

    @Test("words that YAML takes for something else are text where text is asked for")
    func words() throws {
        let text = """
            project: 2027
            cmks: [local:k/1]
            clusters:
              no: {repository: /srv/1, nodes: {1e3: {sources: {on: {command: [echo, yes, 012, "${HOME}"], filename: 1.5}}}}}
            """
        let project = try ProjectSample.read(text).project
        #expect(project.name == "2027")
        #expect(project.clusters[0].name == "no")
        #expect(project.clusters[0].nodes[0].name == "1e3")
        let name = try #require(StreamName("1.5"))
        #expect(project.clusters[0].nodes[0].sources[0].origin == .command(["echo", "yes", "012", "${HOME}"], filename: name))
    }

    @Test(
        "backup is on or off, however YAML reads that",
        arguments: [("on", true), ("off", false), ("\"on\"", true), ("'off'", false), ("OFF", false)])
    func backup(text: String, isOn: Bool) throws {
        #expect(try ProjectSample.read(ProjectSample.cluster("backup: \(text)")).project.clusters[0].isBackupOn == isOn)
    }

    @Test("an alias stands for what it names")
    func aliases() throws {
        let text = """
            project: p
            cmks: [local:k/1]
            clusters:
              a: {repository: /a, policy: &p {items: [{every: day, keep: 2 weeks}]}}
              b: {repository: /b, policy: *p}
            """
        let clusters = try ProjectSample.read(text).project.clusters
        #expect(clusters[0].policy == clusters[1].policy)
        #expect(clusters[1].policy.items == [ScheduleItem(every: .day, keep: Period(2, .weeks))])
    }

    @Test("a policy is read whole")
    func policy() throws {
        let policy = try ProjectSample.read(
            ProjectSample.policy(
                """
                at: "06:30"
                zone: Europe/Berlin
                items:
                  - {every: 6 hours,          keep: 7 days}
                  - {every: day,              keep: 7 days}
                  - {every: saturday,         keep: 4 weeks}
                  - {every: month on last,    keep: 12 months}
                  - {every: year in december, keep: 3 years}
                on_demand: 10 days
                keep_min: 2
                grace: 3 days
                """)
        ).project.clusters[0].policy
        var items = ScheduleItem.defaults
        items[4].keep = Period(3, .years)
        #expect(
            policy
                == Policy(
                    at: try #require(TimeOfDay("06:30")), zone: Zone(name: "Europe/Berlin", initialOffset: 0), items: items,
                    onDemand: Period(days: 10),
                    keepMin: 2,
                    grace: Period(days: 3)))
    }

    @Test("count rules are read, and the default schedule has no dates beside them")
    func keepRules() throws {
        let rules =
            "keep_rules: {last: 4, daily: 7, weekly: 0, within: 2 days, within_hourly: 1 week, tags: [[audit], [release, final]]}"
        let policy = try ProjectSample.read(ProjectSample.policy(rules)).project.clusters[0].policy
        #expect(
            policy.keepRules
                == KeepRules(
                    last: 4, counts: [.daily: 7, .weekly: 0], within: Period(2, .days),
                    withinBuckets: [.hourly: Period(1, .weeks) ?? Period(days: 0)],
                    tags: [["audit"], ["release", "final"]]))
        #expect(policy.items.map(\.every) == ScheduleItem.defaults.map(\.every))
        #expect(policy.items.allSatisfy { $0.keep == nil })
    }

    @Test("a rotation is never due where it is off", arguments: ["off", "\"off\""])
    func rotationOff(text: String) throws {
        let project = try ProjectSample.read(ProjectSample.cluster("") + "\nrotate_every: \(text)").project
        #expect(project.rotateEvery == nil)
    }
}
