/// A time during which one CMK was the active one: new snapshots needed it.
package struct ActiveSpan: Hashable, Sendable {
    package let cmk: CMK
    package var from: Timestamp
    /// Nil while it is active still.
    package var to: Timestamp?

    package init(cmk: CMK, from: Timestamp, to: Timestamp?) {
        self.cmk = cmk
        self.from = from
        self.to = to
    }
}

extension KeyLog {
    /// Who was active when, in the order of the records. Times are those that the writers wrote; a span never ends before it begins.
    package var activeSpans: [ActiveSpan] {
        var (spans, log) = ([ActiveSpan](), KeyLog())
        for record in records {
            let before = log.active
            log.append(record)
            guard let active = log.active, active != before else { continue }
            if let last = spans.indices.last { spans[last].to = max(spans[last].from, record.at) }
            spans.append(ActiveSpan(cmk: active, from: record.at, to: nil))
        }
        return spans
    }
}

extension Sequence<ActiveSpan> {
    /// The spans of one CMK in several clusters as those in which it was active in any, ascending.
    package var united: [ActiveSpan] {
        sorted { $0.from < $1.from }.reduce(into: []) { (united: inout [ActiveSpan], span) in
            guard let last = united.last, last.to.map({ $0 >= span.from }) ?? true else { return united.append(span) }
            let ends = [last.to, span.to]
            united[united.count - 1].to = ends.contains(nil) ? nil : ends.compactMap(\.self).max()
        }
    }
}
