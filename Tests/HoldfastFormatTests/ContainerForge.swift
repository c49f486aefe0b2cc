import HoldfastCrypto
import HoldfastFormat
import HoldfastModel
import HoldfastTesting

/// A second writer of containers, from `docs/FORMAT.md` alone: for objects that a sound writer never makes.
struct ContainerForge {
    var kind: ContainerKind = .manifest
    var version: UInt8 = 1
    var header: [UInt8] = Array("{}".utf8)
    var packCount: UInt32 = 0
    /// Owners, then rows.
    var table: [UInt8] = [0, 0, 0, 0]
    /// Plaintext of the frames, whatever their lengths.
    var frames: [[UInt8]] = [[]]

    func bytes(for fixture: ContainerFixture) -> [UInt8] {
        let salt = Random.bytes(32)
        let keys = keys(fixture, salt)
        var bytes = Array("HOLDFAST".utf8) + [version, kind.rawValue, 0, 0]
        bytes += UInt32(header.count).bigEndianBytes + packCount.bigEndianBytes
        bytes += fixture.repository.bytes + fixture.snapshot.bytes + salt
        bytes.append(contentsOf: keys.commitment.bytes)
        bytes += header + table
        bytes += HMACSHA256(key: keys.macKey.bytes).authenticate(bytes.span).bytes
        for (index, frame) in frames.enumerated() {
            var sealed = frame + [UInt8](repeating: 0, count: 16)
            var span = sealed.mutableSpan
            AESGCM().seal(&span, key: keys.bodyKey.bytes, nonce: Nonce(counter: index, isLast: index == frames.count - 1))
            bytes += sealed
        }
        return withSum(bytes + [UInt8](repeating: 0, count: 32))
    }

    private struct Keys: ~Copyable {
        let commitment: Secret
        let macKey: Secret
        let bodyKey: Secret
    }

    private func keys(_ fixture: ContainerFixture, _ salt: [UInt8]) -> Keys {
        let place = [kind.rawValue] + fixture.repository.bytes + fixture.snapshot.bytes
        return Keys(
            commitment: derive("commit", fixture.key, salt, place), macKey: derive("header", fixture.key, salt, place),
            bodyKey: derive("body", fixture.key, salt, place))
    }

    private func derive(_ label: String, _ key: borrowing Secret, _ salt: [UInt8], _ place: [UInt8]) -> Secret {
        let info = Array("holdfast/1 \(label)\0".utf8) + place
        return KeyDerivation.derive(from: key.bytes, salt: salt.span, info: info.span)
    }
}
