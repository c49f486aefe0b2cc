import HoldfastModel

extension ProjectFile {
    /// The file to read: the one that is named, else `HOLDFAST_PROJECT`, else the first of the usual places that has one.
    ///
    /// - Parameters:
    ///   - named: `--project`; it is not looked for, so that reading it tells what is wrong with it.
    ///   - exists: whether there is a file at a path.
    package static func find(
        named: String?, environment: [String: String], exists: (String) -> Bool
    ) throws(ProjectFileError) -> String {
        if let named = named ?? nonEmpty(environment["HOLDFAST_PROJECT"]) { return named }
        let places = [defaultPath, configuredPath(environment)].compactMap(\.self)
        guard let place = places.first(where: exists) else { throw .notFound(places) }
        return place
    }

    /// The file that `init` writes.
    package static func pathToCreate(named: String?, environment: [String: String]) -> String {
        named ?? nonEmpty(environment["HOLDFAST_PROJECT"]) ?? defaultPath
    }

    private static let defaultPath = "./holdfast.yaml"

    /// Nil without a home. The XDG specification has relative paths ignored.
    private static func configuredPath(_ environment: [String: String]) -> String? {
        if let directory = environment["XDG_CONFIG_HOME"], LexicalPath.isAbsolute(directory) {
            return "\(directory)/holdfast/holdfast.yaml"
        }
        return nonEmpty(environment["HOME"]).map { "\($0)/.config/holdfast/holdfast.yaml" }
    }

    private static func nonEmpty(_ text: String?) -> String? { text?.isEmpty == false ? text : nil }
}
