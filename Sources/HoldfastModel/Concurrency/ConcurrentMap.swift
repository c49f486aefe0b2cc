import Dispatch
import Synchronization

extension Collection where Self: Sendable, Element: Sendable, Index == Int {
    /// What `transform` makes of each element, in order, worked out on all processors: a run of neighbours on each. For pure work that
    /// takes much longer than a thread takes to wake.
    package func concurrentMap<Value: Sendable>(_ transform: @Sendable (Element) -> Value) -> [Value] {
        let runLength = Swift.max(1, (count + Self.runCount - 1) / Self.runCount)
        let runs = stride(from: startIndex, to: endIndex, by: runLength).map { $0..<Swift.min($0 + runLength, endIndex) }
        let values = Mutex<[Int: [Value]]>([:])
        DispatchQueue.concurrentPerform(iterations: runs.count) { number in
            let run = runs[number].map { transform(self[$0]) }
            values.withLock { $0[number] = run }
        }
        let byRun = values.withLock(\.self)
        var all: [Value] = []
        all.reserveCapacity(count)
        for number in runs.indices { all += byRun[number] ?? [] }
        return all
    }

    /// More than there are processors: runs differ in how long they take.
    private static var runCount: Int { 16 }
}
