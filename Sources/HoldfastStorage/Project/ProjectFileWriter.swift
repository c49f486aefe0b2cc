import CPosix
import Glibc
import HoldfastCrypto
package import HoldfastModel

/// Writes project files: a new one, or ids and single fields into one that stands.
package enum ProjectFileWriter {
    /// No secrets are in it.
    private static let mode: mode_t = 0o644

    /// Creates the file, durably: whole or not at all. Throws `.exists` where something has that name.
    package static func create(_ new: NewProject, at path: String) throws(ProjectFileError) {
        do throws(PosixError) {
            let directory = try openDirectory(of: path)
            let (name, temporary) = (name(of: path), temporaryName(of: path))
            _ = try directory.createFile(temporary, Array(new.text.utf8).span, mode: mode)
            defer { directory.discard(temporary) }
            try directory.place(temporary, as: name)
            try directory.sync()
        } catch {
            throw error.code == ENOENT ? .io(error) : ProjectFileError(error, file: path)
        }
    }

    /// Adds an `id:` to clusters that have none, all in one step; everything else in the file stays as it is.
    ///
    /// - Parameters:
    ///   - ids: the repositories' ids by the clusters' names.
    ///   - path: may be relative to `workingDirectory`, an absolute path.
    package static func addIDs(
        _ ids: [String: RepositoryID], to path: String, workingDirectory: String
    ) throws(ProjectFileError) {
        let directory = LexicalPath.directory(of: LexicalPath.absolute(path, from: workingDirectory))
        let insertion = IDInsertion(file: path, directory: directory)
        var text = try ProjectFile.text(at: path)
        for (cluster, id) in ids.sorted(by: { $0.key < $1.key }) {
            text = try insertion.adding(id, to: cluster, in: text)
        }
        do throws(PosixError) {
            try replace(path, Array(text.utf8))
        } catch {
            throw ProjectFileError(error, file: path)
        }
    }

    /// What the file would be with these fields changed and everything else as it stands: for whoever tries it before it is saved.
    ///
    /// - Parameter path: may be relative to `workingDirectory`, an absolute path.
    package static func draft(
        _ changes: [FieldChange], of path: String, workingDirectory: String
    ) throws(ProjectFileError) -> ProjectFileDraft {
        let directory = LexicalPath.directory(of: LexicalPath.absolute(path, from: workingDirectory))
        let former = try ProjectFile.text(at: path)
        var text = former
        for change in changes {
            let edited: String?
            do throws(ProjectProblem) {
                edited = try FieldEdit(text: text, change: change).edited()
            } catch {
                throw .invalid(file: path, problems: [error])
            }
            guard let edited else { throw .noPlace(file: path, change: change) }
            text = edited
        }
        let project = try ProjectFile(parsing: text, file: path, directory: directory).project
        return ProjectFileDraft(project: project, path: path, former: former, text: text)
    }

    /// Saves a draft; throws `.changed` where the file says something else by now than when the draft was made.
    package static func save(_ draft: ProjectFileDraft) throws(ProjectFileError) {
        guard try ProjectFile.text(at: draft.path) == draft.former else { throw .changed(file: draft.path) }
        guard draft.text != draft.former else { return }
        do throws(PosixError) {
            try replace(draft.path, Array(draft.text.utf8))
        } catch {
            throw ProjectFileError(error, file: draft.path)
        }
    }

    /// Puts new bytes in a file's place, under its owner and mode; a link to it goes on leading there.
    private static func replace(_ path: String, _ bytes: [UInt8]) throws(PosixError) {
        let target = try realPath(path)
        let directory = try openDirectory(of: target)
        let name = name(of: target)
        let status = try directory.status(of: name)
        let temporary = temporaryName(of: target)
        let file = try directory.createFile(temporary, bytes.span, mode: 0o600)
        do throws(PosixError) {
            try file.take(owner: status.st_uid, group: status.st_gid, mode: status.st_mode & 0o7777)
            try directory.rename(temporary, to: name)
        } catch {
            directory.discard(temporary)
            throw error
        }
        try directory.sync()
    }

    private static func openDirectory(of path: String) throws(PosixError) -> OwnedFile {
        let above = path.utf8.lastIndex(of: UInt8(ascii: "/")).map { path[..<$0] } ?? "."
        return try OwnedFile(open: above.isEmpty ? "/" : String(above), O_RDONLY | O_DIRECTORY)
    }

    private static func name(of path: String) -> FileName {
        let bytes = Array(path.utf8)
        return FileName(bytes[((bytes.lastIndex(of: UInt8(ascii: "/")) ?? -1) + 1)...])
    }

    private static func temporaryName(of path: String) -> FileName {
        FileName(".\(name(of: path)).\(Hex.encode(Random.bytes(8)))")
    }

    private static func realPath(_ path: String) throws(PosixError) -> String {
        let name = try FileName(path).terminated()
        guard let resolved = unsafe realpath(name, nil) else { throw PosixError(code: errno, operation: "realpath", path: path) }
        defer { unsafe free(resolved) }
        return unsafe String(cString: resolved)
    }
}

extension OwnedFile {
    /// Gives the file an owner, where we may, and a mode, and makes that durable.
    fileprivate func take(owner: uid_t, group: gid_t, mode: mode_t) throws(PosixError) {
        let status = try status()
        if (status.st_uid, status.st_gid) != (owner, group) {
            try posix("chown", path) { fchown(descriptor, owner, group) }
        }
        try posix("chmod", path) { fchmod(descriptor, mode) }
        try sync()
    }
}
