import HoldfastCatalog
import HoldfastModel

extension PruneRun {
    /// Fences, condemns and decides deletions, each by one record (step 5). Answers what is final by that.
    mutating func decide(_ survey: PruneSurvey, _ verdict: PruneVerdict) async throws(HoldfastError) -> Set<SnapshotID> {
        var final: Set<SnapshotID> = []
        let reasons = verdict.keepSet.reasons
        result.kept = reasons.filter { !$0.value.isEmpty }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        // Of what the witness misses nothing is decided: a record would take the place of one that is hidden. What a later version
        // wrote may be a promise: the survey names it.
        for view in survey.views
        where !survey.isFinal(view) && !alarmed.contains(view.id) && !view.log.mayBeKeptByUnknown {
            if view.log.state == .open {
                if try await fence(view) { final.insert(view.id) }
            } else if view.log.exists {
                let isUnwanted = !verdict.ending.contains(view.id) && reasons[view.id]?.isEmpty ?? false
                if try await retire(view, isUnwanted: isUnwanted) { final.insert(view.id) }
            }
        }
        return final
    }

    /// Gives a writer up that has been silent for longer than the stale time. False where it lives, or committed first.
    private mutating func fence(_ view: SnapshotView) async throws(HoldfastError) -> Bool {
        guard request.staleAfter.after(try await lastSign(of: view)) <= now else { return false }
        let isFenced: Bool
        if request.isDryRun {
            isFenced = true
        } else {
            isFenced = try await repository.abort(view, reason: "its writer was silent", at: now, by: request.by)
        }
        if isFenced { result.fenced.append(view.id) }
        return isFenced
    }

    /// The store's time of the writer's start record, checkpoint and newest pack. Under `--time` the start record says its own
    /// time, and what the store took later than that now is no evidence.
    private func lastSign(of view: SnapshotView) async throws(HoldfastError) -> Timestamp {
        var signs = [view.times[0] ?? now]
        if request.at != nil, let at = view.startedAt { signs = [at] }
        guard request.staleAfter.after(signs[0]) <= now else { return signs[0] }
        signs += try await laterSigns(of: view.id)
        return signs.filter { request.at == nil || $0 <= now }.max() ?? now
    }

    /// The store's time of its checkpoint and packs. What cannot be looked at is no sign: nothing rests on it but patience.
    private func laterSigns(of id: SnapshotID) async throws(HoldfastError) -> [Timestamp] {
        var signs: [Timestamp] = []
        do throws(StoreError) {
            if let checkpoint = try await repository.store.stat(.checkpoint(id)) { signs.append(checkpoint.modified) }
        } catch .damaged {
            // None.
        } catch {
            throw .store(error)
        }
        do throws(StoreError) {
            signs += try await repository.store.list(.packs(of: id)).map(\.modified)
        } catch .unlisted {
            // None.
        } catch {
            throw .store(error)
        }
        return signs
    }

    /// Condemns what is unwanted, and decides the deletion of what is condemned, past its grace time and not held. True where
    /// that is decided now, by whomever.
    private mutating func retire(_ view: SnapshotView, isUnwanted: Bool) async throws(HoldfastError) -> Bool {
        do throws(HoldfastError) {
            let condemned = isUnwanted ? try await condemn(view) : view
            guard isDue(condemned) else { return isDueAfterDryRun(view, isUnwanted: isUnwanted) }
            if request.isDryRun { return true }
            guard try await isStillPromised() else { return false }
            // First, so that nobody here misses it, however early this run is cut short and whatever time it was given.
            do { try witness?.rememberDeletion(view.id) } catch { throw .witness(error) }
            let (now, by) = (now, request.by)
            let after = try await repository.append(to: view.id, at: now, by: by, passesGaps: true) {
                (view) throws(HoldfastError) in isDue(view) ? .deleting : nil
            }
            return after.log.isFinal
        } catch .lostRace {
            // Another pruner has purged it meanwhile.
            return false
        } catch {
            throw error
        }
    }

    private mutating func condemn(_ view: SnapshotView) async throws(HoldfastError) -> SnapshotView {
        guard try await isStillPromised() else { return view }
        if !result.condemned.contains(view.id) { result.condemned.append(view.id) }
        guard !request.isDryRun else { return view }
        let purgeAfter = view.log.purgeAfter(condemnedAt: now, policy.grace)
        let rule = view.log.expires == nil ? "rules" : KeepReason.expiry.rawValue
        let decided = view.log
        return try await repository.append(to: view.id, at: now, by: request.by) { (view) throws(HoldfastError) in
            // What was decided about is what stands there: a hold or a new expiry since then is for the next run to weigh.
            let isUnchanged =
                view.log.state == .live && view.log.holds.isEmpty && !view.log.mayBeKeptByUnknown
                && view.log.expires == decided.expires
            return isUnchanged ? .condemned(rule: rule, purgeAfter: purgeAfter) : nil
        }
    }

    private func isDueAfterDryRun(_ view: SnapshotView, isUnwanted: Bool) -> Bool {
        request.isDryRun && isUnwanted && view.log.purgeAfter(condemnedAt: now, policy.grace) <= now
    }

    /// Condemned and kept by nothing, and its time in the trash is over (ruling 5).
    private func isDue(_ view: SnapshotView) -> Bool {
        // What the store does not read just now may be a hold.
        guard view.log.exists, view.unread == nil, view.log.isLetGo, let end = view.trashEnd(under: terms) else { return false }
        return end <= now
    }
}
