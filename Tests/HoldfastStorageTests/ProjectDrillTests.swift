import HoldfastModel
import HoldfastStorage
import Testing

@Suite("What a project file says of drills")
struct ProjectDrillTests {
    private func problems(_ drill: String) -> [String] { ProjectSample.problems(ProjectSample.cluster("") + "\ndrill: \(drill)") }

    @Test("how often, how much and by whom; nothing is asked where it says nothing")
    func plan() throws {
        func plan(_ drill: String) throws -> DrillPlan? {
            try ProjectSample.read(ProjectSample.cluster("") + "\n\(drill)").project.drill
        }
        #expect(try plan("") == nil)
        #expect(try plan("drill: {every: 7 days}") == DrillPlan(every: Period(days: 7), amount: .standard))
        #expect(
            try plan("drill: {every: 2 weeks, sample: 5 %, host: b1}")
                == DrillPlan(every: try #require(Period("2 weeks")), amount: .percent(5), host: "b1"))
        #expect(try plan("drill: {every: 1 months, sample: all}")?.amount == .everything)
    }

    @Test(
        "what is wrong with it is told with its place",
        arguments: [
            ("{}", "drill.every: how often?; write every: 7 days, or another time"),
            ("{every: 7d}", "drill.every: write a number and hours, days, weeks, months or years"),
            ("{every: 7 days, sample: 1G}", "drill.sample: all, a size such as 1 GiB, or a part such as 5 %"),
            ("{every: 7 days, host: a/b}", "drill.host: not a name: 1 to 128 bytes, without / and control characters"),
            ("{every: 7 days, samples: 5 %}", "drill.samples: no such field (did you mean sample?)"),
        ])
    func problem(drill: String, problem: String) {
        #expect(problems(drill).contains { $0.hasSuffix(problem) }, "\(problems(drill))")
    }
}
