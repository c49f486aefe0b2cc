import Foundation
import Holdfast
import HoldfastCatalog
import HoldfastModel
import Synchronization

/// A machine's disk: the witness of each repository, what was opened with which CMK, and the locks of its writers.
///
/// A process that dies leaves it as it is. The next one works on a copy: the dead one, which stands still and still holds its locks, must
/// not be in its way, as it would not be after a real death.
final class Machine: Sendable {
    private struct State {
        var generation = 0
        var witnesses: [RepositoryID: Witness] = [:]
        var settled: [RepositoryID: [SnapshotID: PackShare]] = [:]
    }

    let name: String
    private let directory: String
    private let state = Mutex(State())

    init(_ name: String, in directory: String) {
        self.name = name
        self.directory = directory
    }

    private func path(_ generation: Int) -> String { "\(directory)/\(name)-\(generation)" }

    /// What it remembers of a repository, as it stands now.
    func witness(of repository: RepositoryID) throws(WitnessError) -> Witness {
        let (known, generation) = state.withLock { ($0.witnesses[repository], $0.generation) }
        if let known { return known }
        let witness = try Witness(at: "\(path(generation))/\(repository)/\(Witness.fileName)", of: repository)
        state.withLock { $0.witnesses[repository] = witness }
        return witness
    }

    func openings(of repository: RepositoryID) -> OpeningMemoryFile {
        OpeningMemoryFile(at: "\(path(state.withLock(\.generation)))/\(repository)/openings.sqlite")
    }

    /// What earlier runs of `prune` found of owners that are gone.
    func settledOwners(of repository: RepositoryID) -> [SnapshotID: PackShare] {
        state.withLock { $0.settled[repository] ?? [:] }
    }

    func settle(_ owners: [SnapshotID: PackShare], of repository: RepositoryID) {
        state.withLock { $0.settled[repository] = owners }
    }

    /// The process on it died: the next finds the disk as it was.
    func restart() throws {
        let generation = state.withLock { state in
            state.generation += 1
            state.witnesses = [:]
            return state.generation
        }
        guard FileManager.default.fileExists(atPath: path(generation - 1)) else { return }
        try FileManager.default.copyItem(atPath: path(generation - 1), toPath: path(generation))
    }
}
