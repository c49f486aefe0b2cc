import Holdfast
import HoldfastModel

extension KeysPage {
    /// The scale over the rows, and the lines through them.
    var axis: Fields {
        [
            "now": scale.position(scale.now).percent,
            "ticks": scale.ticks.map { tick in
                ["position": tick.position.percent, "label": tick.label, "isMinor": tick.isMinor] as Fields
            },
        ]
    }

    /// What is drawn in one row.
    func bars(of key: ReportedKey) -> Fields {
        let row = TimeLineRow(key, on: scale)
        return [
            "bars": row.bars.map { bar in
                ["kind": bar.kind.rawValue, "start": bar.start.percent, "width": (bar.end - bar.start).percent]
            },
            "idle": Self.sequence(row.idle) { ["start": $0.start.percent, "end": $0.end.percent] },
            "retired": Self.sequence(row.retired) { ["position": $0.percent] },
            "scheduled": Self.sequence(row.scheduled) { ["position": $0.percent] },
            "deleted": Self.sequence(row.deleted) { ["position": $0.percent] },
            "cap": Self.sequence(row.cap) { ["position": $0.percent] }, "isOpenEnded": row.isOpenEnded,
            "leaves": row.leaves.map { ["position": $0.percent] },
        ]
    }

    /// One or none: a template's section does not look further out for what is not here.
    private static func sequence<Value>(_ value: Value?, _ fields: (Value) -> Fields) -> [Fields] {
        value.map { [fields($0)] } ?? []
    }
}
