package import HoldfastModel

extension ObjectName {
    /// How long an object may be that is read whole, in bytes (`docs/FORMAT.md`, section 6): what is longer is damage, and takes no memory.
    package var maximumByteCount: Int {
        switch parsed {
        case .record(1, _), .checkpoint: Manifest.maximumByteCount
        case .pack: ChunkReference.maximumPackByteCount
        case .repository, .keyRecord, .record, .purge, .probe, nil: SnapshotRecordCodec.maximumByteCount
        }
    }
}

extension StoredObject {
    /// Longer than its name lets it be, as it is listed: it need not be read to be refused.
    package var isTooLong: Bool { byteCount > name.maximumByteCount }
}

extension StoreError {
    /// An object that is longer than its name lets it be.
    package static func tooLong(_ name: ObjectName, _ byteCount: Int) -> StoreError {
        .damaged(name, detail: "it has \(byteCount) bytes, more than the \(name.maximumByteCount) that it may have")
    }
}
