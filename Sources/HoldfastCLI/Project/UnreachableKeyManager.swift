import HoldfastModel

/// Stands for a key manager that cannot be used as the project file has it: answers everything with the reason.
struct UnreachableKeyManager: KeyManager {
    let scheme: String
    let reason: KeyManagerError

    func describe(_ cmk: CMK) throws(KeyManagerError) -> CMKDescription { throw reason }
    func list() throws(KeyManagerError) -> [CMKDescription] { throw reason }
    func wrap(
        _ key: borrowing Secret, under cmk: CMK, context: EncryptionContext
    ) throws(KeyManagerError) -> Envelope { throw reason }
    func unwrap(_ envelope: Envelope, context: EncryptionContext) throws(KeyManagerError) -> Secret { throw reason }
    func scheduleDeletion(
        of cmk: CMK, proof: borrowing DeletionProof, waiting: Period
    ) throws(KeyManagerError) -> Timestamp { throw reason }
    func cancelDeletion(of cmk: CMK) throws(KeyManagerError) { throw reason }
    func disable(_ cmk: CMK) throws(KeyManagerError) { throw reason }
    func enable(_ cmk: CMK) throws(KeyManagerError) { throw reason }
}
