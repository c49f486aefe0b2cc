import HoldfastModel

/// `key_managers: exec:` and `pkcs11:`
extension ProjectReader {
    func keyPrograms(_ place: YAMLPlace) -> [String: KeyProgramSettings] {
        var programs: [String: KeyProgramSettings] = [:]
        for field in place.fields() {
            guard KeyProgramCMK.isProgramName(field.name) else {
                place.report(field, "not a name for URIs: letters, digits, - and _")
                continue
            }
            if let program = keyProgram(place.below(field.name, field.value)) { programs[field.name] = program }
        }
        return programs
    }

    func token(_ place: YAMLPlace) -> TokenSettings? {
        let fields = YAMLFields(place, known: ["module", "token", "pin_file"])
        let module = fields.required("module", "is missing: the maker's shared library")?.text().map(path)
        let token = fields.required("token", "is missing: the token's label")?.scalar(
            "not a token's label for URIs: up to 32 printable characters, without blanks, / and *"
        ) { text, _ in TokenCMK.isTokenName(text) ? text : nil }
        let pinFile = fields.required("pin_file", "is missing: a file with the user's PIN, closed to all others")?.text().map(
            path)
        guard let module, let token, let pinFile else { return nil }
        return TokenSettings(module: module, token: token, pinFile: pinFile)
    }

    private func keyProgram(_ place: YAMLPlace) -> KeyProgramSettings? {
        let fields = YAMLFields(place, known: ["command", "timeout"])
        let seconds = fields["timeout"]?.seconds()
        guard let list = fields.required("command", "is missing: the program and its arguments, as a list"),
            let words = list.list("[/usr/local/bin/keys, --profile, backup]")?.compactMap({ $0.text() })
        else { return nil }
        guard let program = words.first else {
            list.report("is empty; name a program")
            return nil
        }
        // One without a slash is looked up in PATH; any other lies where the file says, from wherever we are called.
        let command = [program.contains("/") ? path(program) : program] + words.dropFirst()
        return seconds.map { KeyProgramSettings(command: command, secondsAtMost: $0) } ?? KeyProgramSettings(command: command)
    }
}
