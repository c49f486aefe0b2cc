import HoldfastModel

/// A file under `tmp/` that is to become an object; removed when this value goes.
final class StagedFile: Sendable {
    let file: OwnedFile
    let temporary: FileName
    private let files: DirectoryFiles

    init(_ file: consuming OwnedFile, _ temporary: FileName, in files: DirectoryFiles) {
        self.file = file
        self.temporary = temporary
        self.files = files
    }

    deinit { files.root.discard(temporary) }
}
