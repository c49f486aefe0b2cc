/// A snapshot key wrapped by one CMK. Nothing in it is trusted: the CMK must be configured, the context is built anew, and
/// what comes out must satisfy the manifest's commitment (`docs/FORMAT.md`, section 5).
package struct Envelope: Hashable, Sendable {
    /// Longer ones are nobody's, in bytes: a record of 64 KiB has room for one, a manifest's header for the CMKs of a project.
    package static let maximumWrappedByteCount = 16 << 10
    /// Of version, access and request id each, in bytes.
    private static let maximumRemarkByteCount = 1 << 10

    package let cmk: CMK
    /// The key's version, where its manager tells it.
    package let version: String?
    /// The role or credentials through which it was wrapped: they are needed again at restore.
    package let access: String?
    package let wrapped: [UInt8]
    package let created: Timestamp
    /// The key manager's own id of the request, where it gives one.
    package let requestID: String?

    package init(
        cmk: CMK, version: String? = nil, access: String? = nil, wrapped: [UInt8], created: Timestamp, requestID: String? = nil
    ) {
        self.cmk = cmk
        self.version = version
        self.access = access
        self.wrapped = wrapped
        self.created = created
        self.requestID = requestID
    }

    /// Whether a record and a header have room for it: what a key manager answers is of any length.
    package var isWritable: Bool {
        (1...Self.maximumWrappedByteCount).contains(wrapped.count)
            && [version, access, requestID].allSatisfy { ($0?.utf8.count ?? 0) <= Self.maximumRemarkByteCount }
    }

    /// The same for a relative of its CMK, which opens what that wrapped.
    package func under(_ relative: CMK) -> Envelope {
        Envelope(
            cmk: relative, version: version, access: access, wrapped: wrapped, created: created, requestID: requestID)
    }
}
