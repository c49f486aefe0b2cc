import HoldfastStorage
import Testing

/// The table of `docs/RETENTION.md`, section 1.4: what is written from line 7 on, and what is told of it.
@Suite struct ProjectPolicyProblemTests {
    private static let duration = "write a number and hours, days, weeks, months or years"
    private static let notASchedule = "not a schedule; write e.g. \"saturday\""
    private static let time = "a time of day from 00:00 to 23:59; quote it: \"18:00\""

    private static func items(_ items: String) -> String { "items: [\(items)]" }

    private static let names: [(String, [String])] = [
        ("itmes: []", ["7: itmes: no such field (did you mean items?)"]),
        ("keepMin: 2", ["7: keepMin: no such field (did you mean keep_min?)"]),
        ("frequency: 2", ["7: frequency: no such field; take it out"]),
        ("grace: 7 days\ngrace: 8 days", ["8: grace: stands twice (first in line 7); take one of them out"]),
        ("items: {every: day}", ["7: items: must be a list, such as [{every: day, keep: 7 days}]"]),
        ("items: day", ["7: items: must be a list, such as [{every: day, keep: 7 days}]"]),
        (
            "items: [day]",
            [
                "7: items[0]: must have fields, such as {name: value}",
                "7: items[0].every: how often?; write every: day, or another schedule",
            ]
        ),
        (
            items("{evry: day, keep: 7 days}"),
            [
                "7: items[0].evry: no such field (did you mean every?)",
                "7: items[0].every: how often?; write every: day, or another schedule",
            ]
        ),
    ]

    private static let schedules: [(String, [String])] =
        ["3 hours", "0 hours", "24 hours"].map {
            (items("{every: \($0), keep: 9 days}"), ["7: items[0].every: hours: 1, 2, 4, 6, 8 or 12"])
        }
        + ["29", "30", "31", "0"].map {
            (items("{every: month on \($0), keep: 1 years}"), ["7: items[0].every: day 1 to 28, or \"last\""])
        }
        + ["sat", "year in dec", "6", "on", "0 18 * * *"].map {
            (items("{every: \($0), keep: 1 years}"), ["7: items[0].every: \(notASchedule)"])
        }
        + [
            (items("{every: [day], keep: 1 days}"), ["7: items[0].every: \(notASchedule)"]),
            (
                "items:\n  - {every: day, keep: 7 days}\n  - {every: day, keep: 8 days}",
                ["9: items[1].every: day stands twice; take one of them out"]
            ),
            (
                "items:\n  - {every: 6 hours, keep: 7 days}\n  - {every: 2 hours, keep: 7 days}",
                ["9: items[1].every: one hour item at most; take one of them out"]
            ),
            (
                items("{every: hour, keep: 1 days}, {every: 1 hours, keep: 1 days}"),
                ["7: items[1].every: hour stands twice; take one of them out"]
            ),
        ]

    private static let durations: [(String, [String])] =
        [
            "7", "7d", "0 days", "-1 days", "1.5 days", "7 fortnights", "101 years", "36500 weeks", "36501 days", "[7 days]", "~",
            "''",
        ]
        .map { (items("{every: day, keep: \($0)}"), ["7: items[0].keep: \(duration)"]) }
        + ["within", "within_monthly"].map { ("keep_rules: {last: 1, \($0): 0 days}", ["7: keep_rules.\($0): \(duration)"]) }
        + [
            ("on_demand: 0 days", ["7: on_demand: \(duration)"]),
            ("grace: 91 days", ["7: grace: 90 days at most; write a shorter time"]),
            ("grace: 4 months", ["7: grace: 90 days at most; write a shorter time"]),
            ("grace: 90 days", []),
            ("grace: 0 days", ["7: grace: warning: little time to undelete; write 1 day or more"]),
            ("grace: 23 hours", ["7: grace: warning: little time to undelete; write 1 day or more"]),
            ("grace: 1 day", []),
            ("grace: never", ["7: grace: \(duration)"]),
        ]

    private static let keeps: [(String, [String])] = [
        (items("{every: day}"), ["7: items[0].keep: how long?; write keep: 7 days, or another time"]),
        (
            "items: [{every: day, keep: 7 days}]\nkeep_rules: {last: 3}",
            ["7: items[0].keep: dated or counted, not both; take keep: out of the items, or keep_rules: out of the policy"]
        ),
        (
            items("{every: day, keep: 7d}, {every: day}"),
            [
                "7: items[0].keep: \(duration)", "7: items[1].every: day stands twice; take one of them out",
                "7: items[1].keep: how long?; write keep: 7 days, or another time",
            ]
        ),
        (
            items("{every: saturday, keep: 3 days}"),
            ["7: items[0].keep: gone before the next one; keep it as long as from one to the next, or longer"]
        ),
        (
            "items:\n- {every: day, keep: 366 days}\n- {every: month on last, keep: 12 months}",
            [
                "9: items[1].keep: month on last (12 months) is kept shorter than day (366 days); keep it longer, or that one shorter"
            ]
        ),
        (items("{every: day, keep: 365 days}, {every: month on last, keep: 12 months}"), []),
    ]

    private static let values: [(String, [String])] =
        ["\"25:00\"", "6pm", "\"18:0\"", "18:00", "1800", "[18]"].map { ("at: \($0)", ["7: at: \(time)"]) }
        + ["CET+1", "Mars/Olympus", "europe/berlin", "''", "../../etc/localtime", "localtime", "posixrules"].map {
            ("zone: \($0)", ["7: zone: no such zone in the tz database; write e.g. Europe/Berlin, or UTC"])
        }
        + ["0", "-1", "1001", "1.5", "two", "\"2\"", "0x10", "[1]"].map { ("keep_min: \($0)", ["7: keep_min: 1 to 1000"]) }
        + [("keep_min: 1000", []), ("at: \"00:00\"", []), ("zone: Europe/Berlin", [])]

    private static let rules: [(String, [String])] =
        ["{}", "{last: 0, daily: 0}", "{within: 0 days}", ""].map { rules in
            (
                "keep_rules: \(rules)",
                rules.contains("within")
                    ? ["7: keep_rules.within: \(duration)"]
                    : [
                        "7: keep_rules: would keep nothing; give a rule a number over 0, as in last: 3, or take keep_rules: out"
                    ]
            )
        }
        + ["-1", "10001", "1.5", "many", "\"3\""].map {
            ("keep_rules: {within: 1 days, weekly: \($0)}", ["7: keep_rules.weekly: a whole number from 0 to 10000"])
        }
        + [
            ("keep_rules: {last: 1, dayly: 3}", ["7: keep_rules.dayly: no such field (did you mean daily?)"]),
            ("keep_rules: {last: 1, tags: audit}", ["7: keep_rules.tags: must be a list, such as [[audit], [release, final]]"]),
            (
                "keep_rules: {last: 1, tags: [audit]}",
                ["7: keep_rules.tags[0]: must be a list, such as [audit], in [[audit], [release, final]]"]
            ),
            ("keep_rules: {last: 1, tags: []}", ["7: keep_rules.tags: an empty list: write [[audit], [release, final]]"]),
            (
                "keep_rules: {last: 1, tags: [[]]}",
                ["7: keep_rules.tags[0]: an empty list would keep everything; name a tag in it, or take it out"]
            ),
            ("keep_rules: {last: 1, tags: [[a, '']]}", ["7: keep_rules.tags[0][1]: is empty; write something, or take it out"]),
            (
                "items: []\nkeep_rules: {last: 1}",
                [
                    "7: items: warning: nothing new is scheduled: rules will never free a snapshot; give it items:, or set backup: off"
                ]
            ),
            ("items: []", []),
        ]

    private static let table: [(String, [String])] = [names, schedules, durations, keeps, values, rules].flatMap { $0 }

    @Test(
        "what is wrong with a policy is told with its line and path",
        arguments: table)
    func policyProblems(policy: String, told: [String]) {
        let prefix = "clusters.shop.policy."
        let expected = told.map { line in
            let parts = line.split(separator: ": ", maxSplits: 1)
            return "holdfast.yaml:\(parts[0]): \(prefix)\(parts[1])"
        }
        #expect(ProjectSample.problems(ProjectSample.policy(policy)) == expected)
    }

    @Test("rules without a schedule are no worry where backups are off")
    func backupOff() {
        let fields = "backup: off\npolicy: {items: [], keep_rules: {last: 1}}"
        #expect(ProjectSample.problems(ProjectSample.cluster(fields)) == [])
    }
}
