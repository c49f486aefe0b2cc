package import HoldfastModel

extension KeyManagers {
    /// So many CMKs are asked about at a time.
    private static let notesAtATime = 8

    /// What the managers tell of each CMK beside its state. Nothing is thrown and nothing weighed: what is missing is itself a note.
    package func notes(on cmks: some Sequence<CMK>) async -> [CMK: KeyNotes] {
        await withTaskGroup(of: (CMK, KeyNotes?).self) { group in
            var all: [CMK: KeyNotes] = [:]
            for (index, cmk) in cmks.enumerated() {
                if index >= Self.notesAtATime, let (done, notes) = await group.next() { all[done] = notes }
                group.addTask { (cmk, await notes(on: cmk)) }
            }
            for await (done, notes) in group { all[done] = notes }
            return all
        }
    }

    /// Nil for one that the project does not trust, of which nobody is asked, and for a manager that keeps no notes.
    private func notes(on cmk: CMK) async -> KeyNotes? {
        do throws(HoldfastError) { return try await manager(of: cmk).notes(on: cmk) } catch { return nil }
    }
}
