import Holdfast
import HoldfastCatalog
import HoldfastModel
import HoldfastTesting

extension History {
    func copy() -> OlderCopy? {
        let world = world
        return perform { await OlderCopy(of: world) }
    }

    /// What is under way dies, what is late arrives; then everything that must be there is restored and compared, and prune has to leave
    /// nothing that nobody needs.
    mutating func end() {
        for effect in effects { perform { await effect() } }
        effects = []
        abandonAll()
        for denial in denials { world.keyManager.set(.answering, for: denial.cmk) }
        restoreAll()
        if let olderCopy { return putBack(olderCopy) }
        world.clock.advance(bySeconds: 200 * 86_400)
        let world = world
        perform {
            await world.destroyDueKeys()
            for site in world.sites.indices { await world.pruneAtLast(site) }
        }
        restoreAll()
    }

    /// Every snapshot that exists, byte for byte.
    private mutating func restoreAll() {
        let (world, keys) = (world, keys)
        for subject in world.ledger.subjects where !subject.isOpen {
            tally.didRestore()
            perform { await world.restore(subject.id, at: subject.site, with: keys) { world.ledger.report($0) } }
        }
        trace.add("\(tally.restored) restored")
    }

    private var keys: KeyManagers { KeyManagers([world.keyManager], trusted: World.trusted) }

    /// Alarms are right now, and some things cannot be read. But no byte is wrong, and no machine that remembers more calls anything safe.
    private mutating func putBack(_ copy: OlderCopy) {
        tally.struck(.olderCopy)
        let (world, keys) = (world, keys)
        let missed = Set(
            world.ledger.subjects.filter { subject in
                !subject.isOpen && copy.objects[subject.site][.record(1, of: subject.id)] == nil
            }.map(\.id))
        copy.putBack(into: world)
        let machines = performers.map(\.machine)
        perform {
            for machine in machines { await world.askForKeys(machine, missing: missed, keys) }
            for site in world.sites.indices {
                for id in await world.snapshotIDs(at: site) { await world.restore(id, at: site, with: keys) { _ in } }
            }
        }
    }
}

extension World {
    private func bareRepository(_ site: Int) -> Repository { repository(site, over: sites[site].store) }

    /// `complain`: what to do where it cannot be opened or read.
    func restore(_ id: SnapshotID, at site: Int, with keys: KeyManagers, _ complain: (String) -> Void) async {
        let repository = bareRepository(site)
        do throws(HoldfastError) {
            guard let view = try await repository.readSnapshot(id), view.log.exists else {
                return complain("snapshot \(id.short) is not there any more")
            }
            try await compare(try await OpenedSnapshot.open(view, in: repository, with: keys), at: site)
        } catch {
            complain("snapshot \(id.short) cannot be restored: \(error)")
        }
    }

    func snapshotIDs(at site: Int) async -> [SnapshotID] {
        do throws(HoldfastError) {
            return try await bareRepository(site).readSnapshots().filter(\.log.exists).map(\.id)
        } catch {
            ledger.report("the copy cannot be listed: \(error)")
            return []
        }
    }

    /// With nobody else about, one run ends what was left, and nothing stands that nobody needs.
    func pruneAtLast(_ site: Int) async {
        let author = Author(name: "the last prune")
        var request = PruneRequest(policy: policy, backupsAreOn: isGuarded, by: author.name)
        request.isConfirmed = true
        do throws(HoldfastError) {
            _ = try await Prune(repository: repository(site, over: watchedStore(site, by: author))).run(request)
        } catch {
            return ledger.report("the last prune: \(error)")
        }
        let needed = ledger.needed(at: site)
        for name in sites[site].store.names {
            switch name.parsed {
            case .pack: if !needed.contains(name) { ledger.report("\(name) is garbage, and prune has left it") }
            case .record(_, let id):
                if !ledger.stands(id, at: site) { ledger.report("\(name) is left of a snapshot that is gone") }
            case .checkpoint: ledger.report("\(name) is of use to nobody, and prune has left it")
            case .repository, .keyRecord, .purge, .probe, nil: break
            }
        }
    }

    /// A machine whose witness remembers a snapshot that the copy lacks calls no CMK safe.
    func askForKeys(_ machine: Machine, missing: Set<SnapshotID>, _ keys: KeyManagers) async {
        let retired = ledger.cmks.filter(\.isRetired).compactMap { CMK($0.uri) }
        do {
            var members: [ProjectRepositories.Member] = []
            var isRemembering = false
            for site in sites.indices {
                let witness = try machine.witness(of: sites[site].id)
                let memory = try witness.memory()
                isRemembering =
                    isRemembering
                    || memory.snapshots.values.contains { snapshot in
                        // What was due by its date may be gone.
                        snapshot.state == .committed && missing.contains(snapshot.id)
                            && snapshot.expires.map { $0 > clock.now } ?? true
                    }
                members.append(
                    .init(bareRepository(site), memory: { () throws(HoldfastError) in memory }))
            }
            for cmk in retired {
                let report = try await CheckKeys(ProjectRepositories(members), keys: keys).run([cmk], at: clock.now)
                if isRemembering, report.verdict.isSafe {
                    ledger.report("\(cmk) was called safe over an older copy, by a machine that misses a snapshot")
                }
            }
        } catch HoldfastError.unknownCMK {
            // The copy is from before its time.
        } catch {
            ledger.report("keys check over an older copy: \(error)")
        }
    }
}
