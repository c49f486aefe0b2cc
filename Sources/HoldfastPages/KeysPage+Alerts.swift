import Holdfast
import HoldfastModel

extension KeysPage {
    /// What threatens, the most urgent first. A CMK is named as everywhere on the page, and leads to its own section.
    var alerts: [Fields] {
        report.alerts.map { alert in
            let cmk = cmk(of: alert)
            let steps = cmk != nil && alert.identity.kind == .retiredUnneeded ? [] : alert.next
            return [
                "level": alert.level.rawValue, "message": text(alert.message, about: cmk),
                "key": link(cmk),
                "next": steps.map { ["text": $0, "isCommand": $0.hasPrefix("holdfast ")] as Fields }, "hasNext": !steps.isEmpty,
            ]
        }
    }

    /// The gravest, once more beside the answer; none where no alert is critical.
    var danger: [Fields] {
        guard let first = report.alerts.first, first.level == .critical else { return [] }
        let cmk = cmk(of: first)
        return [
            [
                "count": counted(report.alerts.count { $0.level == .critical }, "critical alert") + ":", "key": link(cmk),
                "message": text(first.message, about: cmk),
            ]
        ]
    }

    private func cmk(of alert: Alert) -> CMK? {
        CMK(alert.identity.subject).flatMap { numbers[$0] == nil ? nil : $0 }
    }

    /// One or none.
    private func link(_ cmk: CMK?) -> [Fields] { cmk.map { [["name": names[$0], "anchor": anchor(of: $0)]] } ?? [] }

    /// Without the CMK's URI where the message begins with it: its name stands there already.
    private func text(_ message: String, about cmk: CMK?) -> String {
        guard let cmk else { return message }
        return message.hasPrefix(cmk.uri + " ") ? String(message.dropFirst(cmk.uri.count + 1)) : message
    }
}
