import HoldfastStorage
import Testing

@Suite struct ProjectFileFindingTests {
    private static let places = ["./holdfast.yaml", "/x/holdfast/holdfast.yaml", "/home/a/.config/holdfast/holdfast.yaml"]
    private static let home = ["HOME": "/home/a"]

    @Test(
        "the named file comes first, then the environment's, then the usual places",
        arguments: [
            ("n.yaml", ["HOLDFAST_PROJECT": "e.yaml"], places, "n.yaml"),
            (nil, ["HOLDFAST_PROJECT": "e.yaml"], places, "e.yaml"),
            (nil, ["HOLDFAST_PROJECT": "", "HOME": "/home/a"], places, places[0]),
            (nil, ["XDG_CONFIG_HOME": "/x", "HOME": "/home/a"], Array(places[1...]), places[1]),
            (nil, ["XDG_CONFIG_HOME": "relative", "HOME": "/home/a"], Array(places[1...]), places[2]),
            (nil, home, Array(places[1...]), places[2]),
        ] as [(String?, [String: String], [String], String)])
    func find(named: String?, environment: [String: String], existing: [String], found: String) throws {
        #expect(try ProjectFile.find(named: named, environment: environment, exists: existing.contains) == found)
    }

    @Test("where there is none, the places are named")
    func notFound() {
        #expect(throws: ProjectFileError.notFound([Self.places[0], Self.places[2]])) {
            try ProjectFile.find(named: nil, environment: Self.home, exists: { _ in false })
        }
        #expect(throws: ProjectFileError.notFound([Self.places[0]])) {
            try ProjectFile.find(named: nil, environment: [:], exists: { _ in false })
        }
    }

    @Test("a new file goes where one is named, else here")
    func create() {
        #expect(ProjectFile.pathToCreate(named: "n.yaml", environment: ["HOLDFAST_PROJECT": "e.yaml"]) == "n.yaml")
        #expect(ProjectFile.pathToCreate(named: nil, environment: ["HOLDFAST_PROJECT": "e.yaml"]) == "e.yaml")
        #expect(ProjectFile.pathToCreate(named: nil, environment: Self.home) == "./holdfast.yaml")
    }

    @Test(
        "the tz database knows its zones, and nothing outside it",
        arguments: [
            ("UTC", true), ("CET+1", false), ("", false), ("../zoneinfo/UTC", false), ("/UTC", false), ("Europe", false),
            ("tzdata.zi", false), ("right/UTC", false),
        ])
    func zones(name: String, isKnown: Bool) {
        #expect((TimeZoneDatabase.zone(named: name) != nil) == isKnown)
    }
}
