import HoldfastFormat
import HoldfastModel

/// What a program says of one of its keys.
extension CMKDescription {
    init(_ json: JSONObject, program: String) throws(JSONError) {
        guard let name = KeyProgramCMK(program: program, key: try json.string("key")) else {
            throw .member("key", problem: "has characters that no URI takes")
        }
        let state = try json.cmkState()
        let date = try json.optional("deletion_date", json.time)
        guard state != .pendingDeletion || date != nil else {
            throw .member("deletion_date", problem: "is missing, though the state is \(state.rawValue)")
        }
        let repositories = try json.optional("repositories", json.strings) ?? []
        let ids = Set(repositories.compactMap(RepositoryID.init))
        guard ids.count == repositories.count else { throw .member("repositories", problem: "does not list ids, each once") }
        self.init(
            cmk: name.cmk, state: state, label: try json.optional("label", json.string) ?? "",
            created: try json.optional("created", json.time), deletionDate: date,
            assurance: try json.optional("assurance", json.string) ?? "program", repositories: ids)
    }
}

extension JSONObject {
    /// A state that a program may answer. Others are ours to conclude, and no program's to say.
    func cmkState() throws(JSONError) -> CMKState {
        let known: [CMKState] = [
            .enabled, .disabled, .pendingDeletion, .pendingImport, .creating, .unavailable, .deleted,
        ]
        guard let state = CMKState(rawValue: try string("state")), known.contains(state) else {
            throw .member("state", problem: "is none of \(known.map(\.rawValue).joined(separator: ", "))")
        }
        return state
    }
}
