import Holdfast
import HoldfastCatalog
import HoldfastModel
import HoldfastTesting

/// A deed being done by one process on one machine: the use case itself, over a store and a key manager that stop at every call. What it
/// acknowledges goes into the ledger, unless the process was dead by then.
struct Performance: Sendable {
    let world: World
    let machine: Machine
    let life: Life
    let author: Author
    let by: String

    var ledger: Ledger { world.ledger }
    var now: Timestamp { world.clock.now }
    var keys: KeyManagers {
        KeyManagers([SteppedKeyManager(base: world.keyManager, life: life, ledger: ledger)], trusted: World.trusted)
    }

    func repository(_ site: Int) -> Repository {
        world.repository(site, over: SteppedStore(base: world.watchedStore(site, by: author), life: life))
    }

    func witness(_ site: Int) throws(HoldfastError) -> Witness {
        do { return try machine.witness(of: world.sites[site].id) } catch { throw .witness(error) }
    }

    func project() throws(HoldfastError) -> ProjectRepositories {
        var members: [ProjectRepositories.Member] = []
        for site in world.sites.indices {
            let witness = try witness(site)
            members.append(
                .init(
                    repository(site), retention: .init(policy: world.policy, isBackupOn: world.isGuarded),
                    openings: machine.openings(of: world.sites[site].id),
                    memory: { () throws(HoldfastError) in
                        do throws(WitnessError) { return try witness.memory() } catch { throw .witness(error) }
                    },
                    observe: { (comparison) throws(HoldfastError) in
                        do throws(WitnessError) { try witness.observe(comparison) } catch { throw .witness(error) }
                    }))
        }
        return ProjectRepositories(members)
    }

    func run(_ deed: Deed) async throws {
        switch deed {
        case .backUp(let site, let content, let hours, let trustsCluster):
            try await backUp(site, content, keptHours: hours, trustsCluster: trustsCluster)
        case .prune(let site, let isConfirmed, let isFull): try await prune(site, isConfirmed: isConfirmed, isFull: isFull)
        case .forget(let site, let id): try await forget(site, id)
        case .hold(let site, let id, let name): try await hold(site, id, name)
        case .release(let site, let id, let name): try await release(site, id, name)
        case .undelete(let site, let id, let hold, let hours): try await undelete(site, id, hold: hold, hours: hours)
        case .expire(let site, let id, let hours): try await expire(site, id, hours: hours)
        case .unlock(let site, let id): try await Unlock(repository: repository(site)).run(id, at: now, by: by)
        case .rotate(let cmk, let isFresh): try await rotate(to: cmk, isFresh: isFresh)
        case .rewrap(let old, let new): try await rewrap(from: old, to: new)
        case .checkKeys(let cmks, let isProven): try await checkKeys(cmks, isProven: isProven)
        case .deleteKeys(let cmks): try await deleteKeys(cmks)
        case .cancelDeletion(let cmk): _ = try await CancelDeletion(try project(), keys: keys).run(cmk, at: now, by: by)
        case .disable(let cmk): try await disable(cmk)
        case .enable(let cmk): try await DisableKey(try project(), keys: keys).enable(cmk)
        case .recordDeletions: try await recordDeletions()
        case .promise(let days): try await promise(days: days)
        case .check(let site, let readsData): try await check(site, readsData: readsData)
        case .read(let site, let id): try await read(site, id)
        }
    }

    /// The answer reaches whoever asked, and counts from here on.
    func acknowledge(_ note: () -> Void) {
        if !life.isDead { note() }
    }
}
