import HoldfastCrypto
import HoldfastModel

extension KeyManagerConformance {
    static let states = [
        Sentence("a new CMK is enabled, of this scheme, and listed under its label") { subject in
            let cmks = [try await subject.createCMK("one"), try await subject.createCMK("two")]
            for (cmk, label) in zip(cmks, ["one", "two"]) {
                let description = try await subject.manager.describe(cmk)
                try expect(cmk.scheme, is: subject.manager.scheme, "its scheme")
                try expect(description.cmk, is: cmk, "what is described")
                try expect(description.state, is: .enabled, "its state")
                try expect(description.label, is: label, "its label")
                try expect(description.deletionDate, is: nil, "its deletion date")
                try expect(await subject.manager.list().contains(description), is: true, "whether it is listed so")
            }
        },
        Sentence("it goes on saying which repositories it was told of, where it keeps such a list, whatever state the CMK is in")
        { subject in
            let (manager, cmk) = (subject.manager, try await subject.createCMK("a"))
            let told: [RepositoryID] = [Random.id(), Random.id()]
            for repository in told + told { try await manager.recordUse(of: cmk, by: repository) }
            let listed = try await manager.describe(cmk).repositories
            try expect(listed.isEmpty || listed == Set(told), is: true, "whether it lists all or none")
            try await manager.disable(cmk)
            try expect(await manager.describe(cmk).repositories, is: listed, "what it lists, disabled")
            try expect(await manager.list().first { $0.cmk == cmk }?.repositories, is: listed, "what its list says")
        },
        Sentence("a CMK that it does not know is not found, by any call") { subject in
            let (manager, unknown) = (subject.manager, subject.unknown)
            let envelope = Envelope(cmk: unknown, wrapped: [UInt8](repeating: 0, count: 80), created: Timestamp(seconds: 0))
            let calls: [(String, () async throws(KeyManagerError) -> Void)] = [
                ("describe", { () throws(KeyManagerError) in _ = try await manager.describe(unknown) }),
                ("wrap", { () throws(KeyManagerError) in _ = try await subject.wrap(under: unknown) }),
                ("unwrap", { () throws(KeyManagerError) in _ = try await subject.unwrap(envelope) }),
                ("disable", { () throws(KeyManagerError) in try await manager.disable(unknown) }),
                ("enable", { () throws(KeyManagerError) in try await manager.enable(unknown) }),
                ("schedule", { () throws(KeyManagerError) in _ = try await subject.schedule(unknown) }),
                ("cancel", { () throws(KeyManagerError) in try await manager.cancelDeletion(of: unknown) }),
            ]
            for (name, call) in calls { try await expect(.notFound(unknown), name, call) }
        },
        Sentence("a disabled CMK neither wraps nor unwraps; enabled again it opens what it wrapped") { subject in
            let cmk = try await subject.createCMK("a")
            let envelope = try await subject.wrap(under: cmk)
            for _ in 0..<2 { try await subject.manager.disable(cmk) }
            try await expectUnusable(subject, envelope, .disabled)
            for _ in 0..<2 { try await subject.manager.enable(cmk) }
            try expect(await subject.manager.describe(cmk).state, is: .enabled, "its state")
            try expect(await subject.unwrap(envelope), is: Subject.keyBytes, "what it opens to")
        },
        Sentence("a CMK whose deletion is scheduled neither wraps nor unwraps; cancelled, it is disabled") { subject in
            let cmk = try await subject.createCMK("a")
            let envelope = try await subject.wrap(under: cmk)
            let date = try await subject.schedule(cmk)
            try expect(await subject.manager.describe(cmk).deletionDate, is: date, "its deletion date")
            try await expectUnusable(subject, envelope, .pendingDeletion)
            try await subject.manager.cancelDeletion(of: cmk)
            try expect(await subject.manager.describe(cmk).deletionDate, is: nil, "its deletion date, cancelled")
            try await expectUnusable(subject, envelope, .disabled)
            try await subject.manager.enable(cmk)
            try expect(await subject.unwrap(envelope), is: Subject.keyBytes, "what it opens to")
        },
        Sentence("while a deletion is scheduled nothing but its cancelling changes the CMK") { subject in
            let (manager, cmk) = (subject.manager, try await subject.createCMK("a"))
            try await manager.disable(cmk)
            let date = try await subject.schedule(cmk)
            let refusal = KeyManagerError.state(cmk, .pendingDeletion)
            try await expect(refusal, "disable") { () throws(KeyManagerError) in try await manager.disable(cmk) }
            try await expect(refusal, "enable") { () throws(KeyManagerError) in try await manager.enable(cmk) }
            try await expect(refusal, "schedule") { () throws(KeyManagerError) in _ = try await subject.schedule(cmk, days: 9) }
            try expect(await manager.describe(cmk).deletionDate, is: date, "its deletion date")
        },
        Sentence("there is nothing to cancel where no deletion is scheduled") { subject in
            let (manager, cmk) = (subject.manager, try await subject.createCMK("a"))
            try await expect(.state(cmk, .enabled), "enabled") { () throws(KeyManagerError) in
                try await manager.cancelDeletion(of: cmk)
            }
            try await manager.disable(cmk)
            try await expect(.state(cmk, .disabled), "disabled") { () throws(KeyManagerError) in
                try await manager.cancelDeletion(of: cmk)
            }
        },
        Sentence("what becomes of one CMK leaves the others as they are") { subject in
            let (one, other) = (try await subject.createCMK("a"), try await subject.createCMK("b"))
            let envelope = try await subject.wrap(under: other)
            _ = try await subject.schedule(one)
            try expect(await subject.manager.describe(other).state, is: .enabled, "its state")
            try expect(await subject.unwrap(envelope), is: Subject.keyBytes, "what it opens to")
        },
    ]

    private static func expectUnusable(_ subject: Subject, _ envelope: Envelope, _ state: CMKState) async throws {
        let refusal = KeyManagerError.state(envelope.cmk, state)
        try expect(await subject.manager.describe(envelope.cmk).state, is: state, "its state")
        try await expect(refusal, "wrap") { () throws(KeyManagerError) in _ = try await subject.wrap(under: envelope.cmk) }
        try await expect(refusal, "unwrap") { () throws(KeyManagerError) in _ = try await subject.unwrap(envelope) }
    }
}
