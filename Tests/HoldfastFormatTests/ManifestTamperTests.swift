import HoldfastFormat
import HoldfastModel
import HoldfastTesting
import Testing

/// An error without its details.
enum ManifestFault: Hashable {
    case notHoldfast, newer, truncated, limit, repository, snapshot, commitment, header, json, order, body, damaged, other

    init(_ error: FormatError) {
        self =
            switch error {
            case .notHoldfast: .notHoldfast
            case .newerFormat: .newer
            case .truncated: .truncated
            case .limit: .limit
            case .wrongRepository: .repository
            case .wrongSnapshot: .snapshot
            case .commitment: .commitment
            case .headerTampered: .header
            case .json: .json
            case .packTableOrder: .order
            case .bodyTampered, .bodyTruncated, .bodyExtended: .body
            case .damaged: .damaged
            default: .other
            }
    }
}

@Suite("The tamper matrix of a manifest")
struct ManifestTamperTests {
    private let fixture: ContainerFixture
    private let manifest: [UInt8]
    private let regions: ContainerRegions

    init() throws {
        fixture = try ContainerFixture()
        manifest = try fixture.manifest()
        regions = ContainerRegions(manifest)
    }

    /// What may be said of a change, by where it is.
    private var table: [(region: Range<Int>, faults: Set<ManifestFault>)] {
        [
            (0..<8, [.notHoldfast]),
            (8..<9, [.notHoldfast, .newer]),
            (9..<10, [.notHoldfast]),
            (10..<12, [.newer]),
            (12..<16, [.limit, .truncated, .json, .order]),
            (16..<20, [.limit, .truncated, .order, .header]),
            (20..<36, [.repository]),
            (36..<52, [.snapshot]),
            (52..<116, [.commitment]),
            (regions.header, [.header, .json]),
            (regions.header.upperBound..<regions.owners.lowerBound, [.limit, .truncated, .order, .header]),
            (regions.owners, [.header, .order]),
            (regions.rows, [.header, .order, .limit]),
            (regions.mac, [.header]),
            (regions.body, [.body]),
            (regions.sum, [.damaged]),
        ]
    }

    @Test("the table covers every byte")
    func coverage() {
        #expect(table.flatMap(\.region) == Array(manifest.indices))
    }

    @Test("a changed byte is refused with the error of its region, whether the sum was made to match or not")
    func flips() {
        var surprises: [String] = []
        for (region, faults) in table {
            for offset in region {
                for mask in [UInt8(0x01), 0x80] {
                    var bytes = manifest
                    bytes[offset] ^= mask
                    var variants = [bytes]
                    // In the sum itself that would undo the change.
                    if region != regions.sum { variants.append(withSum(bytes)) }
                    for variant in variants {
                        let fault = fixture.fault(variant).map(ManifestFault.init)
                        if fault.map(faults.contains) != true {
                            surprises.append("byte \(offset) ^ \(mask): \(fault.map { "\($0)" } ?? "accepted")")
                        }
                    }
                }
            }
        }
        #expect(surprises.isEmpty)
    }

    @Test("every cut is refused, whether the sum was made to match or not")
    func cuts() {
        var surprises: [String] = []
        for count in 0..<manifest.count {
            let cut = Array(manifest[..<count])
            for variant in [cut, count < 32 ? cut : withSum(cut), count + 32 > manifest.count ? cut : withSum(cut + sum)] {
                let fault = fixture.fault(variant).map(ManifestFault.init)
                if fault != .truncated && fault != .body && variant != manifest {
                    surprises.append("cut to \(count): \(fault.map { "\($0)" } ?? "accepted")")
                }
            }
        }
        #expect(surprises.isEmpty)
    }

    @Test("one byte more is refused")
    func extended() {
        #expect(fixture.fault(manifest + [0]) == .bodyTampered(frame: 0))
        #expect(fixture.fault(withSum(manifest[..<regions.sum.lowerBound] + [0] + sum)) == .bodyTampered(frame: 0))
    }

    @Test("damage and tampering are told apart by the sum, without a key")
    func damage() throws {
        var bytes = manifest
        bytes[regions.body.lowerBound] ^= 1
        let damaged = try Manifest.parse(bytes, repository: fixture.repository, snapshot: fixture.snapshot)
        let tampered = try Manifest.parse(withSum(bytes), repository: fixture.repository, snapshot: fixture.snapshot)
        #expect(!damaged.container.isSound)
        #expect(tampered.container.isSound)
    }

    private var sum: [UInt8] { [UInt8](repeating: 0, count: 32) }
}
