import ArgumentParser
import Holdfast

extension SnapshotPath: ExpressibleByArgument {
    /// Nil where no snapshot is named.
    public init?(argument: String) {
        self.init(argument)
        if snapshot.isEmpty { return nil }
    }
}
