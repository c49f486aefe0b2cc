/// What the search for credentials looks at, and whom it may ask.
package struct CredentialSurroundings: Sendable {
    package let machine: LocalMachine
    package let transport: any HTTPTransport
    package let timing: RequestTiming
    /// What was renewed here and could not be written back.
    let signOns: SignOnMemory

    /// `signOns` is the process's: what one service renewed serves the others.
    package init(
        machine: LocalMachine, transport: any HTTPTransport, timing: RequestTiming, signOns: SignOnMemory = SignOnMemory()
    ) {
        self.machine = machine
        self.transport = transport
        self.timing = timing
        self.signOns = signOns
    }

    /// A variable of the machine's that is set, and not to nothing.
    func variable(_ name: String) -> String? { machine.variable(name) }
}
