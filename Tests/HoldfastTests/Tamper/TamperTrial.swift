import Foundation
import Holdfast
import HoldfastModel
import HoldfastStorage

/// Puts what was tampered with to restores and checks, and says what they should not have done.
struct TamperTrial: Sendable {
    let subject: TamperRepository
    let density: TamperDensity

    /// What went otherwise than expected. Runs on all cores.
    func surprises(_ cases: [TamperCase]) async throws -> [String] {
        let width = 4
        return try await withThrowingTaskGroup(of: [String].self) { group in
            for worker in 0..<width {
                group.addTask {
                    var surprises: [String] = []
                    for index in stride(from: worker, to: cases.count, by: width) {
                        surprises += try await judge(cases[index], isThorough: index % density.checkStride == 0)
                    }
                    return surprises
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
    }

    private func judge(_ example: TamperCase, isThorough: Bool) async throws -> [String] {
        let store = TamperedStore(example.applied(to: subject.objects), at: subject.time)
        let repository = subject.repository(over: store)
        var surprises: [String] = []
        for id in isThorough ? [subject.first, subject.second] : example.expected.keys.sorted() {
            let fault = await read(id, of: repository)
            if example.expected[id, default: [.none]].contains(fault) {
                if isThorough, let surprise = try await restore(id, of: repository, fault) { surprises.append(surprise) }
            } else {
                surprises.append("\(id.short) is told as \(fault)")
            }
        }
        if isThorough { surprises += try await checked(repository, example) }
        if !store.isUntouched { surprises.append("somebody wrote to the store") }
        return surprises.map { "\(example.what): \($0)" }
    }

    /// Opens every chunk of a snapshot, and holds its files against what they were.
    private func read(_ id: SnapshotID, of repository: Repository) async -> TamperFault {
        do throws(HoldfastError) {
            guard let view = try await repository.readSnapshot(id), view.log.exists else { return .absent }
            let snapshot = try await OpenedSnapshot.open(view, in: repository, with: subject.keys)
            return try await snapshot.contents() == subject.contents[id] ? .none : .wrong
        } catch {
            return TamperFault(error)
        }
    }

    /// A restore into a directory: of each file all that was, or nothing, and then it is said; and nothing beside the target.
    private func restore(_ id: SnapshotID, of repository: Repository, _ fault: TamperFault) async throws -> String? {
        guard let view = try await repository.readSnapshot(id), view.log.exists, let files = subject.contents[id] else {
            return nil
        }
        let scratch = try Scratch()
        var isComplete = false
        do throws(HoldfastError) {
            let snapshot = try await OpenedSnapshot.open(view, in: repository, with: subject.keys)
            let target: RestoreTarget
            do { target = try RestoreTarget(directory: scratch.path + "/target") } catch {
                throw .target(scratch.path, detail: "\(error)")
            }
            isComplete = try await Restore(snapshot, to: target).run().errors.isEmpty
        } catch {
            isComplete = false
        }
        if isComplete != (fault == .none) { return "\(id.short) is read as \(fault), and restored \(isComplete)" }
        for (path, bytes) in files {
            let restored = FileManager.default.contents(atPath: scratch.path + "/target" + path)
            if restored == nil ? isComplete : restored != Data(bytes) { return "wrong bytes in \(path) of \(id.short)" }
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: scratch.path)
        return names.filter { $0 != "target" }.isEmpty ? nil : "\(names) stand beside the target"
    }

    /// A check that reads everything, on a machine that has seen the repository before: it names what was changed.
    private func checked(_ repository: Repository, _ example: TamperCase) async throws -> [String] {
        let request = CheckRequest(.data(percent: 100), keys: subject.keys, seed: 0)
        let errors = try await CheckRepository(repository: repository).run(request).errors
        let named = Set(example.changes.keys.map(\.text)).union(example.names)
        let isNamed = errors.contains { error in named.contains { $0.hasPrefix(error.object) } }
        if isNamed { return [] }
        guard errors.isEmpty else { return ["a check finds \(errors.map(\.object)), not \(named)"] }
        let sighting = try await TamperRepository.sighting(of: repository)
        let alarms = WitnessComparison(of: subject.memory, with: sighting, at: subject.time).alarms
        return alarms.isEmpty && !example.mayBeSilent ? ["nobody notices"] : []
    }
}
