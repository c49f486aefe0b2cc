/// What has happened so far, counted.
struct Tally: Sendable {
    private(set) var faults: [Fault: Int] = [:]
    /// By the deed's name: how often it was done, and how often it failed.
    private(set) var done: [String: Int] = [:]
    private(set) var failed: [String: Int] = [:]
    private(set) var failures: [String: Int] = [:]
    private(set) var steps = 0
    private(set) var restored = 0

    mutating func struck(_ fault: Fault) { faults[fault, default: 0] += 1 }
    mutating func stepped() { steps += 1 }
    mutating func didRestore() { restored += 1 }

    mutating func ended(_ deed: Deed, failing why: String?) {
        guard let why else { return done[deed.name, default: 0] += 1 }
        failed[deed.name, default: 0] += 1
        failures[why, default: 0] += 1
    }

    mutating func add(_ other: Tally) {
        faults.merge(other.faults, uniquingKeysWith: +)
        done.merge(other.done, uniquingKeysWith: +)
        failed.merge(other.failed, uniquingKeysWith: +)
        failures.merge(other.failures, uniquingKeysWith: +)
        steps += other.steps
        restored += other.restored
    }

    /// Faults that never struck, and deeds that never succeeded.
    var missing: [String] {
        Fault.allCases.filter { faults[$0] == nil }.map(\.rawValue) + Deed.names.filter { done[$0] == nil }
    }

    /// One line for each, for people.
    var lines: [String] {
        let deeds = Deed.names.map { "\($0) \(done[$0] ?? 0)/\((done[$0] ?? 0) + (failed[$0] ?? 0))" }
        return [
            "\(steps) steps, \(restored) restores compared",
            "done, of those begun: " + deeds.joined(separator: ", "),
            "faults: " + Fault.allCases.map { "\($0.rawValue) \(faults[$0] ?? 0)" }.joined(separator: ", "),
            "failures: " + failures.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", "),
        ]
    }
}
