package import Holdfast
import HoldfastModel

/// The keys report as one self-contained page: no script, nothing loaded from anywhere, everything escaped.
///
/// It is laid out like a printed report: the answer first, then what threatens, the time line, each key, what was read, and what the answer
/// cannot know.
package struct KeysPage {
    /// What a template finds by name.
    typealias Fields = [String: Any]

    /// So many keys stand open; the rest is folded away.
    private static let openKeyCount = 40
    /// So many alerts, the most urgent first.
    private static let openAlertCount = 20

    let report: KeysReport
    let names: KeyNames
    let scale: TimeScale
    private let version: String
    let numbers: [CMK: Int]

    /// `version`: of the program that writes the page.
    package init(_ report: KeysReport, version: String) {
        self.report = report
        self.version = version
        names = KeyNames(report.keys.map(\.cmk))
        scale = TimeScale(report)
        numbers = Dictionary(uniqueKeysWithValues: report.keys.enumerated().map { ($1.cmk, $0) })
    }

    package var html: String { PageTemplates.render("page", fields) }

    private var fields: Fields {
        let alerts = alerts
        let keys = report.keys.enumerated().map { (number: $0, key: $1) }
        let present = keys.filter { $0.key.standing != .gone }
        let (open, folded) = (present.prefix(Self.openKeyCount), present.dropFirst(Self.openKeyCount))
        let hidden = folded + keys.filter { $0.key.standing == .gone }
        let isShort = report.keys.reduce(0) { $0 + $1.snapshots.count } <= 400
        return [
            "title": "\(headline) · \(report.project)", "project": report.project, "version": version,
            "asOf": report.asOf.toTheMinute,
            "isDemo": report.isDemo, "style": PageTemplates.style, "headline": headline, "answer": answer,
            "alerts": Array(alerts.prefix(Self.openAlertCount)), "moreAlerts": Array(alerts.dropFirst(Self.openAlertCount)),
            "hasMoreAlerts": alerts.count > Self.openAlertCount, "moreAlertCount": max(0, alerts.count - Self.openAlertCount),
            "noAlerts": report.alerts.isEmpty,
            "alertCount": report.alerts.count, "axis": axis, "hasKeys": !keys.isEmpty,
            "rows": open.map { row($0.number, $0.key) }, "foldedRows": hidden.map { row($0.number, $0.key) },
            "keys": open.map { section($0.number, $0.key, isOpen: isShort && $0.key.standing != .inUse) },
            "foldedKeys": hidden.map { section($0.number, $0.key, isOpen: false) },
            "foldedSummary": Self.summary(of: hidden.map(\.key)), "hasFolded": !hidden.isEmpty, "reading": reading,
            "gone": report.gone.map(\.hex), "hasGone": !report.gone.isEmpty,
        ]
    }

    private static func summary(of keys: [ReportedKey]) -> String {
        let gone = keys.count { $0.standing == .gone }
        let more = keys.count - gone
        return [
            more > 0 ? counted(more, "more key") : nil,
            gone > 0 ? "\(counted(gone, "key")) that \(gone == 1 ? "is" : "are") gone" : nil,
        ].compactMap(\.self).joined(separator: ", and ")
    }

    /// Where a CMK's own section is.
    func anchor(of cmk: CMK) -> String { "key-\(numbers[cmk] ?? 0)" }

    func words(of key: ReportedKey) -> KeyWords {
        let isRead = report.unconfigured.isEmpty && report.repositories.allSatisfy { $0.keyLogLength > 0 }
        return KeyWords(key: key, names: names, areAllLogsRead: isRead)
    }
}

extension ReportedKey.Standing {
    /// The class of the style sheet.
    var style: String {
        switch self {
        case .canGo: "go"
        case .conflicted: "either"
        case .notYet: "not-yet"
        case .unknown: "unknown"
        case .unused: "unused"
        case .leaving: "leaving"
        case .inUse: "use"
        case .gone: "gone"
        }
    }
}
