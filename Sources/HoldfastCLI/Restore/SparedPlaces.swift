import HoldfastCatalog
import HoldfastModel
import HoldfastStorage

/// What no restore replaces or removes, whatever the snapshot has in its place: repositories, the project file, keyring with its lock,
/// passphrase, PIN, and this machine's state, with the links on the way to each.
struct SparedPlaces: Sendable {
    /// How long another cluster's repository is waited for, in seconds.
    private static let patience = 10

    private let paths: [String]
    /// The last part of each.
    private let names: Set<[UInt8]>
    /// What this machine's memory of a repository lies in, wherever that is: directories are named by its id.
    let witnessed: Set<[UInt8]>
    /// Where this user's memory of a repository is, of each whose witness was not there, or has seen nothing: what stands there later has been
    /// begun by this run, or by one like it that came to nothing.
    private let unbegun: [String]

    /// To be made before a repository is opened: of a state that is begun only there a restore may well bring back the former one.
    ///
    /// - Parameters:
    ///   - cluster: from which is restored.
    ///   - mayRemove: throws where another cluster's repository does not answer. No restore that only writes is held up by that.
    init(of project: ProjectContext, restoring cluster: Cluster, mayRemove: Bool) throws(Failure) {
        let (session, settings) = (project.session, project.project.keyManagers)
        let others = try Self.others(than: cluster, in: project, mayRemove: mayRemove)
        let directories = [cluster.repository.directory] + others
        let files: [String?] = [
            session.absolute(project.file), settings.local.keyring, project.keyring.lockPath, settings.local.passphraseFile,
            settings.token?.pinFile,
            session.options.passphraseFile.map(session.absolute),
            session.variable("HOLDFAST_PASSPHRASE_FILE").map(session.absolute),
            session.variable("CREDENTIALS_DIRECTORY").map { session.absolute("\($0)/holdfast") },
        ]
        let ids = project.project.clusters.compactMap(\.id)
        unbegun = ids.filter { Self.remembersNothing(of: $0, session) }.compactMap { try? session.stateDirectory(of: $0) }
        // Where no place for it is named there is none.
        let state = Self.hasMore(than: unbegun, session) ? try? session.stateRoot() : nil
        paths = (directories + files + [state]).compactMap(\.self).filter { path in
            // What cannot be looked at may be there.
            do throws(PosixError) { return try !FileIdentity.all(at: path).isEmpty } catch { return true }
        }
        names = Set(paths.map(Self.name))
        witnessed = Set(ids.map { Array("\($0)".utf8) })
    }

    /// Whether this user's witness is not there, or has never been shown the repository. One that cannot be read may remember.
    private static func remembersNothing(of id: RepositoryID, _ session: Session) -> Bool {
        do {
            let path = try session.statePath(of: id)
            return try FileIdentity.all(at: path).isEmpty || Witness(at: path, of: id).keyLog().length == 0
        } catch {
            return false
        }
    }

    /// Whether anything but these directories stands in this user's state. What cannot be looked at may be there.
    private static func hasMore(than directories: [String], _ session: Session) -> Bool {
        do {
            let root = try session.stateRoot()
            return try RestoreTarget.names(at: root).contains {
                !directories.contains("\(root)/\(String(decoding: $0, as: UTF8.self))")
            }
        } catch {
            return true
        }
    }

    /// What stands of that by now. One that cannot be looked at cannot be written to either.
    var begun: Set<FileIdentity> {
        var found: Set<FileIdentity> = []
        for path in unbegun {
            do throws(PosixError) { found.formUnion(try FileIdentity.target(of: path)) } catch { continue }
        }
        return found
    }

    /// Whether a path leads into a memory of one of the repositories, whoever's it is.
    func isInMemory(_ path: String) throws(PosixError) -> Bool {
        try RestoreTarget.isWithin(directoriesNamed: witnessed, holding: Witness.fileName, Array(path.utf8))
    }

    /// The repositories of other clusters, but for those that do not answer.
    private static func others(
        than cluster: Cluster, in project: ProjectContext, mayRemove: Bool
    ) throws(Failure) -> [String] {
        let others = project.project.clusters.filter {
            $0.name != cluster.name && $0.repository.directory != cluster.repository.directory
        }
        let answering = FileIdentity.answering(among: others.compactMap(\.repository.directory), secondsAtMost: patience)
        var found: [String] = []
        for other in others {
            guard let path = other.repository.directory else { continue }
            guard !answering.contains(path) else {
                found.append(path)
                continue
            }
            let problem = Failure(
                .failed,
                sentence: "the repository of cluster \(other.name) does not answer: \(path): nobody knows whether it lies in the "
                    + "target", about: path, mayRemove ? "mount it, or leave --delete out" : "restore nothing into it")
            guard !mayRemove else { throw problem }
            project.session.note(problem.line)
        }
        return found
    }

    /// As they are now: another process may have written the keyring anew while a passphrase was asked for.
    ///
    /// - Parameter mayRemove: throws where one cannot be looked at. No restore that only writes is held up by that: it cannot write there
    ///   either.
    func identities(mayRemove: Bool) throws(PosixError) -> Set<FileIdentity> {
        var found: Set<FileIdentity> = []
        for path in paths {
            do throws(PosixError) {
                found.formUnion(try FileIdentity.all(at: path))
            } catch  where !mayRemove {
                continue
            }
        }
        return found
    }

    /// What stands now at those of the places that have this name. One that cannot be looked at cannot be written to either.
    func identities(named name: [UInt8]) -> Set<FileIdentity> {
        guard names.contains(name) else { return [] }
        var found: Set<FileIdentity> = []
        for path in paths where Self.name(path) == name {
            do throws(PosixError) { found.formUnion(try FileIdentity.all(at: path)) } catch { continue }
        }
        return found
    }

    private static func name(_ path: String) -> [UInt8] {
        path.utf8.split(separator: UInt8(ascii: "/")).last.map(Array.init) ?? []
    }
}
