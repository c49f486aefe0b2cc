/// One place to get credentials from.
protocol CredentialProvider: Sendable {
    /// What a message calls it.
    var name: String { get }

    /// Credentials as they are now; nil where this place is not set up, so that the next may be asked. One that is set up and fails
    /// throws: to go on would be to use rights that nobody meant.
    func fetch() async throws(CredentialError) -> Credentials?
}
