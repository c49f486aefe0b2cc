import Mustache

/// The templates, which are part of the program.
enum PageTemplates {
    static let style = String(decoding: PackageResources.style_css, as: UTF8.self)

    static func render(_ name: String, _ fields: KeysPage.Fields) -> String {
        guard let text = all.render(fields, withTemplate: name) else { preconditionFailure("there is no template \(name)") }
        return text
    }

    private static let all: MustacheLibrary = {
        MustacheContentTypes.register(PageText(), named: PageText.name)
        var library = MustacheLibrary()
        for (name, bytes) in sources {
            do {
                // In each of them: a partial begins with the library's own escaping again.
                try library.register(
                    "{{% CONTENT_TYPE: \(PageText.name)}}\n" + String(decoding: bytes, as: UTF8.self), named: name)
            } catch {
                preconditionFailure("the template \(name) is none: \(error)")
            }
        }
        return library
    }()

    private static let sources: [(name: String, bytes: [UInt8])] = [
        ("page", PackageResources.page_mustache), ("answer", PackageResources.answer_mustache),
        ("unread", PackageResources.unread_mustache),

        ("alerts", PackageResources.alerts_mustache), ("alert", PackageResources.alert_mustache),
        ("time-line", PackageResources.time_line_mustache),
        ("rows", PackageResources.rows_mustache), ("legend", PackageResources.legend_mustache),
        ("key", PackageResources.key_mustache), ("reading", PackageResources.reading_mustache),
        ("limits", PackageResources.limits_mustache),
    ]
}
