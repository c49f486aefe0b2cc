import DequeModule
import HoldfastFormat
import HoldfastModel

/// Entries in the order of a walk that are not listed yet: behind a file that is on its way all others wait.
struct PendingEntries {
    private enum Slot {
        case ready(Entry)
        /// Its file is on its way.
        case waiting(StoredSoFar)
        case dropped
    }

    /// Of the entries in a checkpoint: decoded piece by piece, they take little memory.
    private static let pieceByteCount = 1 << 20

    private var slots: Deque<Slot> = []
    /// The position of the first of them, counted from the first that there ever was.
    private var start = 0

    var count: Int { slots.count }

    /// Whether a file is on its way of which only an interrupted run's checkpoint tells.
    var isResuming: Bool {
        slots.contains {
            if case .waiting(let soFar) = $0, case .resuming = soFar.progress { true } else { false }
        }
    }

    mutating func append(_ entry: Entry) { slots.append(.ready(entry)) }

    /// Keeps the next place for a file that is on its way, and answers its position.
    mutating func append(_ soFar: StoredSoFar) -> Int {
        slots.append(.waiting(soFar))
        return start + slots.count - 1
    }

    /// What became of the file at a position; nil: nothing.
    mutating func settle(_ position: Int, _ entry: Entry?) { slots[position - start] = entry.map(Slot.ready) ?? .dropped }

    /// The next entry that can be listed; nil where there is none, or one before it is on its way.
    mutating func popReady() -> Entry? {
        while let slot = slots.first {
            if case .waiting = slot { return nil }
            slots.removeFirst()
            start += 1
            if case .ready(let entry) = slot { return entry }
        }
        return nil
    }

    /// What is stored, and in no listing chunk yet. `unstored`: the encoded entries before these that are in none either.
    func unlistedWork(after unstored: [UInt8]) -> UnlistedWork {
        var pieces = [unstored]
        var files: [UnfinishedFile] = []
        func add(_ entry: Entry) {
            if pieces[pieces.count - 1].count >= Self.pieceByteCount { pieces.append([]) }
            do throws(FormatError) {
                try EntryCodec.append(entry, to: &pieces[pieces.count - 1])
            } catch {
                // It will be left out, and told, once its turn to be listed comes.
            }
        }
        for slot in slots {
            switch slot {
            case .ready(let entry): add(entry)
            case .dropped: break
            case .waiting(let soFar):
                switch soFar.progress {
                case .none, .resuming: break
                case .beginning(let file): files.append(file)
                case .whole(let entry): add(entry)
                }
            }
        }
        return UnlistedWork(entries: pieces, files: files)
    }
}
