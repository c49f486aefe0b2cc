import HoldfastModel

/// Short names of CMKs, as people compare them: the beginning of what a URI ends with. On one page no two are alike, whatever URIs
/// somebody has made up; where a URI gives no short name of its own, it is named whole.
struct KeyNames {
    private static let lengths = 8...24

    private let names: [CMK: String]

    init(_ cmks: [CMK]) {
        let tails = Dictionary(grouping: cmks) { Self.parts(of: $0).last ?? "" }
        let sorted = tails.keys.sorted()
        var names: [CMK: String] = [:]
        for (index, tail) in sorted.enumerated() {
            let before = index > 0 ? Self.sharedCount(sorted[index - 1], tail) : 0
            let after = index + 1 < sorted.count ? Self.sharedCount(tail, sorted[index + 1]) : 0
            let length = max(Self.lengths.lowerBound, before + 1, after + 1)
            let short = length <= Self.lengths.upperBound ? String(tail.prefix(length)) : ""
            for (cmk, name) in Self.told(apart: tails[tail] ?? [], by: short) { names[cmk] = name }
        }
        let counts = Dictionary(grouping: names.values, by: \.self).mapValues(\.count)
        self.names = names.filter { counts[$0.value] == 1 }
    }

    subscript(cmk: CMK) -> String { names[cmk] ?? cmk.uri }

    /// The members of a multi-Region key end alike: they are told apart by the first part in which all differ.
    private static func told(apart cmks: [CMK], by short: String) -> [(CMK, String)] {
        guard !short.isEmpty else { return [] }
        guard cmks.count > 1 else { return cmks.map { ($0, short) } }
        let parts = cmks.map(parts(of:))
        let shortest = parts.map(\.count).min() ?? 0
        let place = (0..<shortest).first { place in Set(parts.map { $0[place] }).count == cmks.count }
        guard let place else { return [] }
        return zip(cmks, parts).map { ($0, "\($1[place]) \(short)") }
    }

    private static func parts(of cmk: CMK) -> [String] {
        cmk.uri.split { $0 == ":" || $0 == "/" }.map(String.init)
    }

    private static func sharedCount(_ a: String, _ b: String) -> Int {
        zip(a.utf8, b.utf8).prefix { $0 == $1 }.count
    }
}
