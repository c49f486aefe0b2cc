import HoldfastCatalog
import HoldfastModel
import HoldfastStorage

/// What stays in the target since Holdfast itself needs it (`RestoreOptions.spared`): an older keyring, or an older memory of what was
/// seen, in the place of the one in use is a loss, and no restore.
extension RestoreContext {
    private static let witness = Array("/\(Witness.fileName)".utf8)

    /// Whether Holdfast itself needs what stands at a path of the target.
    func spares(_ identity: FileIdentity, at path: [UInt8]) -> Bool {
        if options.spared.contains(identity) { return true }
        let name = Array(path.lastIndex(of: UInt8(ascii: "/")).map { path[($0 + 1)...] } ?? path[...])
        return options.successors(name).contains(identity) || options.witnessed.contains(name) && holdsWitness(path)
    }

    /// One that cannot be looked for may be there. What bears the name and is a file or a link holds none.
    private func holdsWitness(_ path: [UInt8]) -> Bool {
        do throws(RestoreError) {
            return try target.existing(path + Self.witness) != nil
        } catch .notADirectory {
            return false
        } catch {
            return true
        }
    }

    /// Whether something that is there stays, whatever is asked for. What the snapshot has in its place is told in the end. To a memory that
    /// a restore has begun itself the former one comes back.
    func leaves(_ existing: Entry, insteadOf entry: Entry) -> Bool {
        guard !options.begun.contains(existing.identity), spares(existing.identity, at: existing.path) else { return false }
        noteSpared(entry.path)
        return true
    }

    /// Tells what stayed: in notes, or as failures where nothing else was asked for.
    func reportSpared() {
        let figures = progress.figures
        let isAll = figures.filesRestored == 0 && figures.filesSkipped == 0
        for path in sparedPaths {
            guard !isAll else {
                log.add(RestoreFailure(path, .spared(path)))
                continue
            }
            log.note(
                "not restored: \(path.displayPath), which Holdfast itself needs as it is now: to have the snapshot's, restore it to "
                    + "another --target")
        }
    }
}
