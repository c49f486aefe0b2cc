/// What the process ends with (`docs/CLI.md`, exit codes).
package enum ExitStatus: Int32, Hashable, Sendable, CaseIterable {
    case done = 0
    /// For a reason not below.
    case failed = 1
    /// A snapshot was saved, but some of its source could not be read, or changed meanwhile.
    case incomplete = 3
    case criticalAlert = 6
    case noRepository = 10
    case passphrase = 12
    case keyManagerUnreachable = 13
    /// Denied, disabled, pending deletion, destroyed or not found.
    case cmkUnavailable = 14
    /// Damaged or tampered data, or of a newer format.
    case damaged = 15
    case noSpace = 16
    case lostRace = 17
    /// The answers of `keys check`.
    case blocked = 20
    case unknown = 21
    case unproven = 22
    /// Wrong usage, or an error in the project file.
    case usage = 64
    case interrupted = 130
    /// The reader of our output has gone: what a shell reports for SIGPIPE.
    case outputClosed = 141
}

extension ExitStatus {
    /// The worst first (`docs/CLI.md`): what ended the run, what may have cost backups, what keeps new ones from being taken, what says no
    /// more than that something failed, and what is done again without loss.
    package static let byGravity: [Self] = [
        .interrupted, .outputClosed, .damaged, .cmkUnavailable, .criticalAlert, .passphrase, .keyManagerUnreachable,
        .noRepository,
        .noSpace, .usage, .unknown, .blocked, .unproven, .failed, .lostRace, .incomplete, .done,
    ]

    /// Of several runs the worst counts.
    package static func worst(_ a: Self, _ b: Self) -> Self { byGravity.first { $0 == a || $0 == b } ?? a }
}
