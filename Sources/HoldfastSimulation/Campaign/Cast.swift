import HoldfastModel
import HoldfastTesting

/// Somebody who does one thing after another on a machine of his own.
struct Performer: Sendable {
    enum Role: Sendable {
        case writer(site: Int)
        case pruner, keeper, keyAdministrator, checker
    }

    let role: Role
    let machine: Machine
    /// Rests until then.
    var wakesAt: Timestamp
}

/// A process under way.
struct Running: Sendable {
    let performer: Int
    let deed: Deed
    let life: Life
    let task: Task<Void, Never>
    /// Nobody lets it go on before.
    var stallsUntil: Timestamp
    /// Another process of the same performer has taken its place.
    var isReplaced = false
}

extension World {
    /// What somebody of this role sets out to do next; nil where there is nothing.
    func nextDeed(of role: Performer.Role, using random: inout SeededRandom) -> Deed? {
        switch role {
        case .writer(let site):
            let content =
                Int.random(in: 0..<8, using: &random) == 0
                ? Int.random(in: Contents.smallCount..<Contents.count, using: &random)
                : Int.random(in: 0..<Contents.smallCount, using: &random)
            return .backUp(
                site: site % sites.count, content: content, keptHours: pick([1, 5, 24, 100, 400], &random),
                trustsCluster: Int.random(in: 0..<4, using: &random) == 0)
        case .pruner:
            return .prune(
                site: Int.random(in: sites.indices, using: &random), isConfirmed: Int.random(in: 0..<4, using: &random) > 0,
                isFull: Int.random(in: 0..<4, using: &random) == 0)
        case .keeper: return keeping(&random)
        case .keyAdministrator: return keyWork(&random)
        case .checker: return looking(&random)
        }
    }

    private func pick<Value>(_ values: [Value], _ random: inout SeededRandom) -> Value {
        values[Int.random(in: values.indices, using: &random)]
    }

    private func keeping(_ random: inout SeededRandom) -> Deed? {
        guard let subject = ledger.subjects.randomElement(using: &random) else { return nil }
        let (site, id, name) = (subject.site, subject.id, pick(["case-1", "case-2"], &random))
        if subject.isOpen { return Int.random(in: 0..<3, using: &random) == 0 ? .unlock(site: site, id) : nil }
        if let held = subject.holds.first, Int.random(in: 0..<2, using: &random) == 0 {
            return .release(site: site, id, name: held)
        }
        if subject.isInTrash, Int.random(in: 0..<3, using: &random) > 0 {
            let isHeld = Int.random(in: 0..<2, using: &random) == 0
            return .undelete(site: site, id, hold: isHeld ? name : nil, hours: pick([1, 20, 300], &random))
        }
        switch Int.random(in: 0..<6, using: &random) {
        case 0, 1: return .hold(site: site, id, name: name)
        case 2: return .expire(site: site, id, hours: pick([1, 10, 200], &random))
        default: return .forget(site: site, id)
        }
    }

    private func keyWork(_ random: inout SeededRandom) -> Deed? {
        let known = ledger.cmks.compactMap { cmk in CMK(cmk.uri).map { ($0, cmk.isRetired) } }
        let (retired, standing) = (known.filter(\.1).map(\.0), known.filter { !$0.1 }.map(\.0))
        guard let active = standing.last else { return nil }
        if Int.random(in: 0..<40, using: &random) == 0 { return .promise(days: pick([1, 5, 30], &random)) }
        guard let old = retired.randomElement(using: &random), Int.random(in: 0..<5, using: &random) > 0 else {
            let isNew = standing.count == 1 || Int.random(in: 0..<2, using: &random) == 0
            if isNew && known.count >= 7 { return .checkKeys([active], isProven: false) }
            return .rotate(
                to: isNew ? keyManager.createCMK() : pick(standing, &random), isFresh: Int.random(in: 0..<5, using: &random) == 0)
        }
        let set = Int.random(in: 0..<4, using: &random) == 0 ? Set(retired.shuffled(using: &random).prefix(2)) : [old]
        switch Int.random(in: 0..<12, using: &random) {
        case 0, 1, 2: return .rewrap(from: old, to: active)
        case 3, 4: return .checkKeys(set, isProven: Int.random(in: 0..<2, using: &random) == 0)
        case 5, 6, 7, 8: return .deleteKeys(set)
        case 9: return .cancelDeletion(old)
        case 10: return Int.random(in: 0..<2, using: &random) == 0 ? .disable(old) : .enable(old)
        default: return .recordDeletions
        }
    }

    private func looking(_ random: inout SeededRandom) -> Deed? {
        let live = ledger.subjects.filter { !$0.isOpen }
        if let subject = live.randomElement(using: &random), Int.random(in: 0..<2, using: &random) == 0 {
            return .read(site: subject.site, subject.id)
        }
        return .check(
            site: Int.random(in: sites.indices, using: &random), readsData: Int.random(in: 0..<3, using: &random) == 0)
    }
}
