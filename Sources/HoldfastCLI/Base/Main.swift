import FoundationEssentials
import Glibc
import HoldfastCrypto

/// The process: nothing is done before its memory is protected and libcrypto has given right answers.
@main
enum Main {
    static func main() async {
        StandardDescriptors.apply()
        AllocatorLimits.apply()
        DescriptorLimit.apply()
        ProcessHardening.apply()
        let output = Output.standard
        do {
            try SelfTest.run()
        } catch {
            output.fail(
                Failure(.failed, "libcrypto gives wrong answers: \(error)", "", "install a sound OpenSSL 3"), asJSON: false)
            exit(ExitStatus.failed.rawValue)
        }
        let (arguments, directory) = (Array(CommandLine.arguments.dropFirst()), FileManager.default.currentDirectoryPath)
        do {
            try ProcessWords.ofThisProcess.requireText()
            try WorkingDirectory.require(directory)
        } catch {
            let failure = Failure(error)
            output.fail(failure, asJSON: Program.asksForJSON(arguments))
            exit(failure.status.rawValue)
        }
        let program = Program(
            environment: ProcessInfo.processInfo.environment, workingDirectory: directory, output: output)
        let status = await Interruption.running { await program.run(arguments) }
        exit(status.rawValue)
    }
}
