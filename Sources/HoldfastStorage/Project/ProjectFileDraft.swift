package import HoldfastModel

/// A project file with changes that are not saved yet.
package struct ProjectFileDraft: Sendable {
    /// What the file would say.
    package let project: Project
    let path: String
    /// The text that was changed, and that must still stand when the new one takes its place.
    let former: String
    let text: String
}
