import HoldfastFormat
import HoldfastModel

/// The short names that a case gives to snapshots, repositories and CMKs, and what stands for them in the model. The order of
/// names is kept, since ties break by it.
struct OracleNames {
    private static let scheme = "case:"
    private let names: [String]
    private let numbers: [String: Int]

    /// All names that stand where ids stand, anywhere in the case.
    init(of object: JSONObject) {
        let found = Self.strings(of: .object(object), in: Self.places)
        names = found.sorted { $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars) }
        numbers = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
    }

    private static let places: Set<String> = ["id", "base", "repo", "roster", "gone"]

    /// The strings that stand in these members, anywhere in a value.
    static func strings(of value: JSONValue, in places: Set<String>) -> Set<String> {
        var found: Set<String> = []
        collect(value, in: "", places, &found)
        return found
    }

    private static func collect(_ value: JSONValue, in place: String, _ places: Set<String>, _ found: inout Set<String>) {
        switch value {
        case .object(let object): for member in object.members { collect(member.value, in: member.name, places, &found) }
        case .array(let values): for value in values { collect(value, in: place, places, &found) }
        case .string(let name): if places.contains(place) { found.insert(name) }
        case .null, .bool, .integer: break
        }
    }

    func id<Tag>(_ name: String) throws(JSONError) -> ID<Tag> {
        guard let number = numbers[name] else { throw .member(name, problem: "is not a name of this case") }
        return Self.id(number)
    }

    static func id<Tag>(_ number: Int) -> ID<Tag> {
        let digits = String(number, radix: 16)
        guard let id = ID<Tag>(String(repeating: "0", count: 32 - digits.count) + digits) else {
            preconditionFailure("32 hex digits are an id")
        }
        return id
    }

    /// The name for which an id stands.
    func name(ofHex hex: String) -> String {
        guard let number = Int(hex, radix: 16), names.indices.contains(number) else { return hex }
        return names[number]
    }

    static func cmk(_ name: String) throws(JSONError) -> CMK {
        guard let cmk = CMK(scheme + name) else { throw .member(name, problem: "is not a CMK") }
        return cmk
    }

    static func name(of cmk: CMK) -> String { cmk.name }

    /// The case's word for what a finding names: a snapshot or repository, or a CMK by its URI.
    func name(ofFinding id: String) -> String {
        id.hasPrefix(Self.scheme) ? String(id.dropFirst(Self.scheme.count)) : name(ofHex: id)
    }
}
