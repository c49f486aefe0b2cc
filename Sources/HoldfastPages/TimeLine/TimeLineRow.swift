import Holdfast
import HoldfastModel

/// What is drawn in one CMK's row. Each kind of need has a pattern and an end of its own, so that no colour has to be told apart.
struct TimeLineRow {
    /// A piece of the bar, in percent of the width.
    struct Bar: Hashable {
        enum Kind: String, Hashable, CaseIterable {
            case active, exact, projected, waiting, never, unknown
            case notBefore = "not-before"
        }

        let kind: Kind
        let start: Double
        let end: Double
    }

    /// The narrowest bar that can still be seen.
    private static let narrowest = 0.4
    private static let edge = 100.0
    private static let mostLeaves = 60

    private(set) var bars: [Bar] = []
    /// From its last use until now, or until it was gone: it exists, and nothing needs it.
    private(set) var idle: (start: Double, end: Double)?
    private(set) var retired: Double?
    private(set) var scheduled: Double?
    private(set) var deleted: Double?
    /// Where a need ends for certain.
    private(set) var cap: Double?
    /// The need goes on past the right edge.
    private(set) var isOpenEnded = false
    /// When snapshots leave, up to the last of them.
    private(set) var leaves: [Double] = []

    init(_ key: ReportedKey, on scale: TimeScale) {
        let begins = [key.activeSpans.first?.from, key.first].compactMap(\.self)
        // What is needed, or may be, is drawn though nothing shows since when.
        let begin = begins.min() ?? ([.notYet, .unknown, .inUse].contains(key.standing) ? scale.now : nil)
        let lastUse = key.activeSpans.last.map { $0.to ?? scale.now }
        retired = key.retirements.first.map { scale.position($0.at) }
        deleted = key.deletedAt.map(scale.position)
        if key.standing != .gone { scheduled = key.deletionDate.map(scale.position) }
        if let begin { addNeed(of: key, from: begin, on: scale) }
        for span in key.activeSpans {
            bars.append(Self.bar(.active, scale.position(span.from), scale.position(span.to ?? scale.now)))
        }
        if key.verdict?.blockers.isEmpty != false, key.standing != .unknown, let idleFrom = lastUse ?? begin {
            let until = key.standing == .gone ? key.deletedAt ?? idleFrom : scale.now
            idle = (scale.position(idleFrom), max(scale.position(until), scale.position(idleFrom)))
        }
    }

    private mutating func addNeed(of key: ReportedKey, from begin: Timestamp, on scale: TimeScale) {
        let start = scale.position(begin)
        guard let when = key.verdict?.when else {
            if key.standing == .unknown { addOpenEnd(.unknown, from: start) }
            return
        }
        let date = when.date ?? scale.now
        switch when.kind {
        case .exact, .projected:
            bars.append(Self.bar(when.kind == .exact ? .exact : .projected, start, scale.position(date)))
            isOpenEnded = scale.isBeyond(date)
            if when.kind == .exact, !isOpenEnded { cap = scale.position(date) }
        case .notBefore:
            bars.append(Self.bar(.notBefore, start, scale.position(date)))
            addOpenEnd(.unknown, from: scale.position(date))
        case .waiting: addOpenEnd(.waiting, from: start)
        case .never: addOpenEnd(.never, from: start)
        }
        addLeaves(of: key, on: scale)
    }

    private mutating func addOpenEnd(_ kind: Bar.Kind, from start: Double) {
        bars.append(Bar(kind: kind, start: start, end: Self.edge))
        isOpenEnded = true
    }

    private mutating func addLeaves(of key: ReportedKey, on scale: TimeScale) {
        let dates = (key.verdict?.blockers ?? []).compactMap(\.departure.date).filter { !scale.isBeyond($0) }
        let places = Set(dates.map { (scale.position($0) * 4).rounded() / 4 })
        leaves = Array(places.sorted().prefix(Self.mostLeaves))
    }

    private static func bar(_ kind: Bar.Kind, _ start: Double, _ end: Double) -> Bar {
        Bar(kind: kind, start: start, end: max(end, start + narrowest))
    }
}

extension Double {
    /// With two digits after the point: `12.34%`.
    var percent: String {
        let hundredths = Int((self * 100).rounded())
        let (whole, rest) = hundredths.quotientAndRemainder(dividingBy: 100)
        return rest == 0 ? "\(whole)%" : "\(whole).\(rest < 10 ? "0" : "")\(rest)%"
    }
}
