import Dispatch
import Synchronization

extension Collection where Self: Sendable, Element: Sendable, Index == Int {
    /// What `transform` makes of each element, in order, worked out on all processors. For pure work that takes much longer than a
    /// thread takes to wake.
    package func concurrentMap<Value: Sendable>(_ transform: @Sendable (Element) -> Value) -> [Value] {
        var all: [Value] = []
        all.reserveCapacity(count)
        for run in concurrentRuns({ run in run.map { transform(self[$0]) } }) { all += run }
        return all
    }

    /// The same for runs of neighbours, by their positions: what `body` makes of each run, in order.
    package func concurrentRuns<Value: Sendable>(_ body: @Sendable (Range<Int>) -> Value) -> [Value] {
        let runLength = Swift.max(1, (count + Self.runCount - 1) / Self.runCount)
        let runs = stride(from: startIndex, to: endIndex, by: runLength).map { $0..<Swift.min($0 + runLength, endIndex) }
        let values = Mutex<[Int: Value]>([:])
        DispatchQueue.concurrentPerform(iterations: runs.count) { number in
            let value = body(runs[number])
            values.withLock { $0[number] = value }
        }
        let byRun = values.withLock(\.self)
        return runs.indices.compactMap { byRun[$0] }
    }

    /// More than there are processors: runs differ in how long they take.
    private static var runCount: Int { 16 }
}
