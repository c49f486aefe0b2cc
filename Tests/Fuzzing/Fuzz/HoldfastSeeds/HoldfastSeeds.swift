import Foundation
import HoldfastModel

@testable import HoldfastFormat

/// Writes what the parsers of binary and of sealed objects begin with: `HoldfastSeeds DIRECTORY`. What is text lies there already.
@main
struct HoldfastSeeds {
    static func main() throws {
        let root = URL(filePath: CommandLine.arguments[1])
        for (name, bytes) in try Seeds().all {
            let file = root.appending(path: name)
            try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(bytes).write(to: file)
        }
    }
}
