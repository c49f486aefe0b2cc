import Holdfast
import HoldfastModel

extension KeysPage {
    /// What threatens, the most urgent first. A CMK is named as everywhere on the page, and leads to its own section.
    var alerts: [Fields] {
        report.alerts.map { alert in
            let cmk = CMK(alert.identity.subject).flatMap { numbers[$0] == nil ? nil : $0 }
            let steps = cmk != nil && alert.identity.kind == .retiredUnneeded ? [] : alert.next
            return [
                "level": alert.level.rawValue, "message": text(alert.message, about: cmk),
                "key": cmk.map { [["name": names[$0], "anchor": anchor(of: $0)]] } ?? [] as [Fields],
                "next": steps.map { ["text": $0, "isCommand": $0.hasPrefix("holdfast ")] as Fields }, "hasNext": !steps.isEmpty,
            ]
        }
    }

    /// Without the CMK's URI where the message begins with it: its name stands there already.
    private func text(_ message: String, about cmk: CMK?) -> String {
        guard let cmk else { return message }
        return message.hasPrefix(cmk.uri + " ") ? String(message.dropFirst(cmk.uri.count + 1)) : message
    }
}
