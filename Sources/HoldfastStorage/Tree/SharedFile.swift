/// An open file or directory that several may use: closed once nobody does.
final class SharedFile: Sendable {
    let file: OwnedFile

    init(_ file: consuming OwnedFile) { self.file = file }
}
