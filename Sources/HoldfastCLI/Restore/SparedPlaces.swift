import HoldfastModel
import HoldfastStorage

/// What no restore replaces or removes, whatever the snapshot has in its place: repositories, the project file, keyring with its lock, passphrase, PIN,
/// and this machine's state, with the links on the way to each.
struct SparedPlaces: Sendable {
    private let paths: [String]
    /// The last part of each.
    private let names: Set<[UInt8]>

    /// To be made before a repository is opened: of a state that is begun only there a restore may well bring back the former one.
    init(of project: ProjectContext) {
        let (session, settings) = (project.session, project.project.keyManagers)
        let directories = project.project.clusters.map(\.repository).map { location -> String? in
            if case .directory(let path) = location { path } else { nil }
        }
        let files: [String?] = [
            session.absolute(project.file), settings.local.keyring, project.keyring.lockPath, settings.local.passphraseFile,
            settings.token?.pinFile,
            session.options.passphraseFile.map(session.absolute),
            session.variable("HOLDFAST_PASSPHRASE_FILE").map(session.absolute),
        ]
        // Where no place for it is named there is none.
        let state = try? session.stateRoot()
        paths = (directories + files + [state]).compactMap(\.self).filter { path in
            // What cannot be looked at may be there.
            do throws(PosixError) { return try !FileIdentity.all(at: path).isEmpty } catch { return true }
        }
        names = Set(paths.map(Self.name))
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
