package import HoldfastModel

/// Why a project file cannot be used or written.
package enum ProjectFileError: Error, Hashable, Sendable {
    /// Everything that is wrong in it, warnings among the errors, by line.
    case invalid(file: String, problems: [ProjectProblem])
    /// There is none at any of these places.
    case notFound([String])
    /// Not a regular file, or over 1 MiB.
    case unsuitable(file: String, detail: String)
    /// One stands there already, and is left as it is.
    case exists(file: String)
    case io(PosixError)
    /// The id's line cannot be put in without changing what the rest of the file means.
    case noPlaceForID(file: String, cluster: String, id: RepositoryID)
    /// Nor can this field be changed so.
    case noPlace(file: String, change: FieldChange)
    /// It was changed by somebody else between reading and writing.
    case changed(file: String)
}

extension ProjectFileError: CustomStringConvertible {
    /// One line, but for `.invalid`: that has a line for each problem.
    package var description: String {
        switch self {
        case .invalid(let file, let problems): problems.map { $0.text(in: file) }.joined(separator: "\n")
        case .notFound(let places): "no project file: \(places.joined(separator: ", ")): write one with holdfast init"
        case .unsuitable(let file, let detail): "not a project file: \(file): \(detail)"
        case .exists(let file): "there is a file already: \(file): it is left as it is"
        case .io(let error): error.description
        case .noPlaceForID(let file, let cluster, let id):
            "no place found for the id of cluster \(cluster): \(file): write id: \(id) below its repository"
        case .noPlace(let file, let change):
            "this field cannot be changed without changing others: \(file): "
                + (change.value.map { "write it yourself: \(change.path.joined(separator: ": ")): \($0.yaml)" }
                    ?? "take it out yourself: \(change.path.joined(separator: ": ")):")
        case .changed(let file): "the file was changed meanwhile: \(file): nothing was written: run it again"
        }
    }
}
