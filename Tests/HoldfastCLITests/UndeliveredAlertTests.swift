import Foundation
import HoldfastCLI
import HoldfastFormat
import Testing

@Suite("An alert that nobody can be told")
struct UndeliveredAlertTests {
    @Test("grows worse with time all the same, and is told as new once somebody can be")
    func worse() async throws {
        let project = try await ProjectRun()
        _ = try await project.backUp("source")
        let file = try String(contentsOfFile: project.path + "/holdfast.yaml", encoding: .utf8)
        try project.write(file + "on_alert: [\"false\"]\nrotate_every: off\n", to: "holdfast.yaml")
        try FileManager.default.removeItem(atPath: project.path + "/keyring.json")
        func audit(_ time: String) async throws -> ProjectRun.Outcome {
            try await project.run("keys", "audit", "--json", "--time", time)
        }
        let first = try await audit("2055-01-01T02:00:00Z")
        #expect(first.status == .failed && first.out.contains(#""level":"warning""#), "\(first.out)")
        let second = try await audit("2055-01-02T03:00:00Z")
        #expect(second.status == .criticalAlert, "\(second.out)")
        try project.write(file + "on_alert: [\"true\"]\nrotate_every: off\n", to: "holdfast.yaml")
        let told = try await audit("2055-01-02T04:00:00Z")
        #expect(try !told.object.strings("raised").isEmpty, "\(told.out)")
        let again = try await audit("2055-01-02T05:00:00Z")
        #expect(try again.object.strings("raised").isEmpty && again.object.strings("repeated").isEmpty, "\(again.out)")
    }
}
