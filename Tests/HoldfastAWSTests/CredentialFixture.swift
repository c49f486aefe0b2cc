import HoldfastAWS
import HoldfastModel
import HoldfastTesting
import Synchronization

/// A machine as a test describes it: variables, files, programs, and neighbours that answer by address. Everything asked is recorded.
final class CredentialFixture: HTTPTransport {
    let clock = ManualClock()
    private let variables: [String: String]
    let files: FilesOnPaper
    private let programs: [String: String]
    private let answers: Mutex<[String: [HTTPResponse]]>
    private let requests = Mutex<[HTTPRequest]>([])
    private let onlooker = Mutex<(@Sendable (HTTPRequest) -> Void)?>(nil)

    /// `answers` by `METHOD URL`, each list used up in its order, its last answer for ever. Who is not in it refuses the connection.
    init(
        _ variables: [String: String] = [:], files: [String: String] = [:], programs: [String: String] = [:],
        answers: [String: [HTTPResponse]] = [:], isReadOnly: Bool = false
    ) {
        self.variables = ["HOME": "/home/op"].merging(variables) { _, new in new }
        self.files = FilesOnPaper(files, isReadOnly: isReadOnly)
        self.programs = programs
        self.answers = Mutex(answers)
    }

    /// What happens elsewhere while a request is under way.
    func onRequest(_ body: @escaping @Sendable (HTTPRequest) -> Void) { onlooker.withLock { $0 = body } }

    var sent: [HTTPRequest] { requests.withLock(\.self) }
    var bodies: [String] { sent.map { String(decoding: $0.body, as: UTF8.self) } }

    var timing: RequestTiming {
        RequestTiming(now: { [clock] in clock.now }, elapsed: { .zero }, sleep: { _ in }, random: { 0.5 })
    }

    var machine: LocalMachine { .described(variables: variables, files: files, programs: programs) }

    var surroundings: CredentialSurroundings { CredentialSurroundings(machine: machine, transport: self, timing: timing) }

    func access(role: RoleRequest? = nil, explicit: Credentials? = nil) -> AWSAccess {
        AWSAccess(
            region: "eu-west-1", endpoints: ServiceEndpoints(variables: variables, region: "eu-west-1"),
            surroundings: surroundings, role: role, explicit: explicit)
    }

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        requests.withLock { $0.append(request) }
        onlooker.withLock(\.self)?(request)
        // So that whoever else asks has asked before the answer is there.
        for _ in 0..<100 { await Task.yield() }
        let answer: HTTPResponse? = answers.withLock { answers in
            let name = "\(request.method.rawValue) \(request.url)"
            guard var list = answers[name], let first = list.first else { return nil }
            if list.count > 1 { list.removeFirst() }
            answers[name] = list
            return first
        }
        guard let answer else { throw .refused(request.endpoint.authority, detail: "nobody is there") }
        return answer
    }
}

extension HTTPResponse {
    static func text(_ text: String, status: Int = 200) -> HTTPResponse { HTTPResponse(status: status, body: Array(text.utf8)) }

    /// What STS answers to a role that may be assumed.
    static func role(
        _ id: String, action: String = "AssumeRole", expires: String = "2027-01-31T19:00:00Z"
    ) -> HTTPResponse {
        .text(
            """
            <\(action)Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><\(action)Result><Credentials>
            <AccessKeyId>\(id)</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>
            <Expiration>\(expires)</Expiration></Credentials></\(action)Result></\(action)Response>
            """)
    }

    static func stsError(_ code: String, status: Int = 403) -> HTTPResponse {
        .text("<ErrorResponse><Error><Code>\(code)</Code><Message>why</Message></Error></ErrorResponse>", status: status)
    }

    /// What containers and instances answer.
    static func keys(_ id: String, token: String = "Token", expires: String = "2027-01-31T19:00:00Z") -> HTTPResponse {
        .text(#"{"Code":"Success","AccessKeyId":"\#(id)","SecretAccessKey":"s","\#(token)":"t","Expiration":"\#(expires)"}"#)
    }
}
