/// One call to a store or a key manager, at which a process stops until it is let go.
struct Call: Hashable, Sendable {
    enum Kind: String, Hashable, Sendable, CaseIterable {
        case read, stat, create, replace, delete, list, owners, now
        case describe, keys, recordUse, wrap, unwrap, schedule, cancel, disable, enable
    }

    let kind: Kind
    /// The object's name, or the CMK.
    let text: String

    init(_ kind: Kind, _ text: String) { (self.kind, self.text) = (kind, text) }

    /// Whether it goes to the key manager.
    var isOfKeys: Bool {
        switch kind {
        case .read, .stat, .create, .replace, .delete, .list, .owners, .now: false
        case .describe, .keys, .recordUse, .wrap, .unwrap, .schedule, .cancel, .disable, .enable: true
        }
    }

    /// Whether a protocol turns on when it is done: a record, a look at record 0, the second page of a listing.
    var isTurningPoint: Bool {
        switch kind {
        case .create: !text.hasPrefix("packs/")
        case .stat: true
        case .delete: text.hasSuffix("/0")
        case .list: text == "keys/" || text.contains(" after ")
        default: false
        }
    }

    /// Whether it can be done without its caller hearing of it.
    var changes: Bool {
        switch kind {
        case .create, .replace, .delete, .recordUse, .wrap, .schedule, .cancel, .disable, .enable: true
        case .read, .stat, .list, .owners, .now, .describe, .keys, .unwrap: false
        }
    }
}

/// How a call ends.
enum Passage: String, Hashable, Sendable, CaseIterable {
    case clear
    /// It did not arrive, and its caller is told.
    case failedBefore = "failed before"
    case throttled
    /// It was done, and its caller does not hear of it.
    case answerLost = "lost answer"
    /// It did not arrive, and its caller cannot know that.
    case requestLost = "lost request"
    /// It arrives later, when its caller has given it up.
    case late = "late effect"
    /// The process is dead: nothing that it does reaches anybody.
    case dead
}
