package import HoldfastModel

/// By whom, when and how a repair writes.
package struct RepairSettings: Sendable {
    /// Says what it would do, and writes nothing.
    package var isDryRun = false
    package var now: Timestamp
    /// Who writes, for people.
    package var node: String
    /// These wrap what is salvaged as well as the active CMK.
    package var recovery: [CMK]
    /// The middle of the random size at which packs close, in bytes.
    package var packByteCount: Int
    /// The program and version, for headers.
    package var tool: String

    package init(now: Timestamp, node: String, recovery: [CMK] = [], packByteCount: Int = 16 << 20, tool: String) {
        self.now = now
        self.node = node
        self.recovery = recovery
        self.packByteCount = packByteCount
        self.tool = tool
    }
}
