import CPosix
import Glibc
package import HoldfastModel

/// A `holdfast.yaml` that was read and holds no error.
package struct ProjectFile: Hashable, Sendable {
    package let project: Project
    /// What is doubtful, but allowed; by line.
    package let warnings: [ProjectProblem]

    package static let maximumByteCount = 1 << 20

    /// Reads a project out of a text; throws `.invalid` with all that is wrong with it.
    ///
    /// - Parameters:
    ///   - file: what messages call it.
    ///   - directory: an absolute path: what relative paths in it are relative to.
    ///   - zone: a zone of the tz database by its name.
    package init(
        parsing text: String, file: String, directory: String, zone: (String) -> Zone? = TimeZoneDatabase.zone
    ) throws(ProjectFileError) {
        let root = try Self.root(of: text, file: file)
        let problems = ProjectProblems()
        let project = withoutActuallyEscaping(zone) { zone in
            ProjectReader(file: file, directory: directory, zone: zone)
                .project(YAMLPlace(value: root, path: "", problems: problems))
        }
        guard let project, !problems.hasErrors else { throw .invalid(file: file, problems: problems.sorted) }
        self.project = project
        warnings = problems.sorted
    }

    private static func root(of text: String, file: String) throws(ProjectFileError) -> YAMLValue {
        do throws(ProjectProblem) {
            guard let root = try YAMLDocument(text).root else { throw ProjectProblem(line: 1, path: "", message: "is empty") }
            guard root.fields != nil else {
                throw ProjectProblem(line: root.line, path: "", message: "must begin with project: NAME")
            }
            return root
        } catch {
            throw .invalid(file: file, problems: [error])
        }
    }

    /// Reads the file at `path`, which may be relative to `workingDirectory`, an absolute path.
    package init(
        reading path: String, workingDirectory: String, zone: (String) -> Zone? = TimeZoneDatabase.zone
    ) throws(ProjectFileError) {
        let directory = LexicalPath.directory(of: LexicalPath.absolute(path, from: workingDirectory))
        try self.init(parsing: try Self.text(at: path), file: path, directory: directory, zone: zone)
    }

    /// The whole text of a regular file of at most 1 MiB, in UTF-8.
    static func text(at path: String) throws(ProjectFileError) -> String {
        let bytes = try bytes(at: path)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            let valid = String(decoding: bytes, as: UTF8.self).prefix { $0 != "\u{FFFD}" }
            let problem = ProjectProblem(line: 1 + valid.count { $0.isNewline }, path: "", message: "is not UTF-8")
            throw .invalid(file: path, problems: [problem])
        }
        return text
    }

    private static func bytes(at path: String) throws(ProjectFileError) -> [UInt8] {
        do throws(PosixError) {
            let file = try OwnedFile(open: path, O_RDONLY | O_NONBLOCK)
            let status = try file.status()
            guard status.st_mode & S_IFMT == S_IFREG else { throw PosixError(code: EINVAL, operation: "read", path: path) }
            guard status.st_size <= maximumByteCount else { throw PosixError(code: EFBIG, operation: "read", path: path) }
            return try file.readWhole()
        } catch {
            throw ProjectFileError(error, file: path)
        }
    }
}

extension ProjectFileError {
    /// What a failed call means for the project file that it was for.
    init(_ error: PosixError, file: String) {
        switch error.code {
        case ENOENT, ENOTDIR: self = .notFound([file])
        case EINVAL, EISDIR: self = .unsuitable(file: file, detail: "it is no regular file")
        case EFBIG: self = .unsuitable(file: file, detail: "it is over 1 MiB")
        case EEXIST: self = .exists(file: file)
        default: self = .io(error)
        }
    }
}
