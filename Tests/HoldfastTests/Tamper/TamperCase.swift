import HoldfastFormat
import HoldfastModel

/// One thing that somebody did to a repository, and what may come of it.
struct TamperCase: Sendable {
    /// The object, and what was done to it.
    let what: String
    /// The bytes that stand under these names now; nil where nothing does.
    let changes: [ObjectName: [UInt8]?]
    /// What may be said of each snapshot that it touches; those that are not named must come back as they were.
    let expected: [SnapshotID: Set<TamperFault>]
    /// Whether even a check that reads everything, on a machine with a memory, may have nothing to say.
    let mayBeSilent: Bool
    /// What a check must name, where it is not one of the changed objects themselves.
    let names: Set<String>

    init(
        _ what: String, _ changes: [ObjectName: [UInt8]?], _ expected: [SnapshotID: Set<TamperFault>], mayBeSilent: Bool = false,
        names: Set<String> = []
    ) {
        self.what = what
        self.changes = changes
        self.expected = expected
        self.mayBeSilent = mayBeSilent
        self.names = names
    }

    func applied(to objects: [ObjectName: [UInt8]]) -> [ObjectName: [UInt8]] {
        var objects = objects
        for (name, bytes) in changes { objects[name] = bytes }
        return objects
    }
}

/// A part of an object, and what may be said of a change in it.
struct TamperRegion {
    let name: String
    let range: Range<Int>
    let faults: Set<TamperFault>
    /// What may be said where the object's sum was made to match: there only cryptography stands in the way.
    let forgedFaults: Set<TamperFault>

    init(_ name: String, _ range: Range<Int>, _ faults: Set<TamperFault>, forged: Set<TamperFault>? = nil) {
        self.name = name
        self.range = range
        self.faults = faults
        forgedFaults = forged ?? faults
    }
}

/// How many of all cases are tried. `HOLDFAST_TAMPER=dense` tries them all.
enum TamperDensity: Sendable {
    case sampled, dense

    /// Every so manieth byte of what lies within a region is changed, in each of two ways; at its ends all are.
    var byteStride: Int { self == .dense ? 1 : 3 }
    /// Every so manieth case is also put to a check that reads everything, and to a real restore.
    var checkStride: Int { self == .dense ? 7 : 31 }

    func picks(_ offset: Int, of range: Range<Int>, phase: Int) -> Bool {
        offset - range.lowerBound < 4 || range.upperBound - offset <= 4 || (offset + phase) % byteStride == 0
    }
}
