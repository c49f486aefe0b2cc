import Foundation
import Testing

/// Holds the sources to the arrows of the package manifest and to the rules that no compiler knows.
@Suite("The shape of the code")
struct LayeringTests {
    struct Source: Sendable, CustomTestStringConvertible {
        let target: String
        /// From `Sources` on.
        let path: String
        let lines: [Substring]

        var name: String { path.split(separator: "/").last.map { String($0.dropLast(".swift".count)) } ?? path }
        var testDescription: String { path }
    }

    /// What each of our targets may import of ours, of others' packages, and of C. The system's own modules are free.
    static let allowed: [String: Set<String>] = [
        "HoldfastModel": ["DequeModule"],
        "HoldfastCrypto": ["HoldfastModel", "CLibCrypto", "CPosix"],
        "HoldfastFormat": ["HoldfastModel", "HoldfastCrypto", "CZstd"],
        "HoldfastCatalog": ["HoldfastModel", "GRDB", "GRDBSQLite"],
        "HoldfastStorage": ["HoldfastModel", "HoldfastCrypto", "HoldfastFormat", "CPosix", "CPKCS11", "Yams"],
        "HoldfastAWS": [
            "HoldfastModel", "HoldfastCrypto", "HoldfastFormat", "AsyncHTTPClient", "NIOCore", "NIOHTTP1", "NIOPosix",
            "NIOSSL",
        ],
        "HoldfastTestingAWS": [
            "HoldfastModel", "HoldfastCrypto", "HoldfastFormat", "NIOCore", "NIOHTTP1", "NIOPosix", "NIOSSL",
        ],
        "HoldfastUploadBench": ["HoldfastModel", "HoldfastCrypto", "HoldfastAWS", "NIOCore", "NIOHTTP1", "NIOPosix"],
        "HoldfastTesting": ["HoldfastModel", "HoldfastCrypto", "HoldfastFormat"],
        "HoldfastSimulation": [
            "HoldfastModel", "HoldfastCrypto", "HoldfastCatalog", "Holdfast", "HoldfastTesting", "ArgumentParser", "DequeModule",
        ],
        "Holdfast": [
            "HoldfastModel", "HoldfastCrypto", "HoldfastFormat", "HoldfastStorage", "HoldfastCatalog", "DequeModule",
        ],
        "HoldfastPages": ["HoldfastModel", "Holdfast", "Mustache"],
        "HoldfastCLI": [
            "HoldfastModel", "HoldfastCrypto", "HoldfastFormat", "HoldfastStorage", "HoldfastAWS", "HoldfastCatalog", "Holdfast",
            "HoldfastPages", "CPosix", "ArgumentParser", "AsyncHTTPClient", "NIOCore", "NIOHTTP1",
        ],
    ]

    static let systemModules: Set<String> = ["Dispatch", "Foundation", "FoundationEssentials", "Glibc", "Synchronization"]

    /// Where `unsafe` may stand: the files that talk to C, and the loops that every byte passes.
    static let unsafeFiles: Set<String> = [
        "Holdfast/Concurrency/WorkerExecutor.swift",
        "HoldfastAWS/Credentials/SystemFiles.swift",
        "HoldfastAWS/Endpoints/SystemResolver.swift",
        "HoldfastCLI/Backup/SourceCommand.swift", "HoldfastCLI/Backup/TimedCommand.swift",
        "HoldfastCLI/Base/DescriptorLimit.swift",
        "HoldfastCLI/Base/Interruption.swift", "HoldfastCLI/Base/ProcessWords.swift",
        "HoldfastCLI/Base/StandardDescriptors.swift",
        "HoldfastCLI/Output/Output+Standard.swift",
        "HoldfastCatalog/Catalog/CatalogFile.swift",
        "HoldfastCatalog/PosixFailure.swift",
        "HoldfastCatalog/Rows/Blob.swift",
        "HoldfastCatalog/StateDatabase.swift",
        "HoldfastCatalog/StateDirectory.swift",
        "HoldfastCatalog/Witness/WitnessFile+Create.swift",
        "HoldfastCatalog/Witness/WitnessFile.swift",
        "HoldfastCatalog/WriterLock.swift",
        "HoldfastCrypto/AESGCM.swift",
        "HoldfastCrypto/ConstantTime.swift",
        "HoldfastCrypto/HMACSHA256.swift",
        "HoldfastCrypto/KeyDerivation.swift",
        "HoldfastCrypto/KeyStream.swift",
        "HoldfastCrypto/LibCrypto.swift",
        "HoldfastCrypto/ProcessHardening.swift",
        "HoldfastCrypto/Random.swift",
        "HoldfastCrypto/SHA1.swift",
        "HoldfastCrypto/SHA256.swift",
        "HoldfastCrypto/Wipe.swift",
        "HoldfastFormat/Chunk/Zstd.swift",
        "HoldfastFormat/Cutter/GearScan.swift",
        "HoldfastModel/Values/ByteCopy.swift",
        "HoldfastModel/Values/Secret.swift",
        "HoldfastSimulation/Stepping/Entropy.swift",
        "HoldfastSimulation/Stepping/StepExecutor.swift",
        "HoldfastStorage/KeyProgram/BoundedRun.swift",
        "HoldfastStorage/Keyring/BlockingExecutor.swift",
        "HoldfastStorage/Keyring/LocalKeyring.swift",
        "HoldfastStorage/Keyring/PassphraseReader.swift",
        "HoldfastStorage/Keyring/PassphraseSource.swift",
        "HoldfastStorage/Keyring/TerminalSilence.swift",
        "HoldfastStorage/Posix/BlockBuffer.swift",
        "HoldfastStorage/Posix/ChildProcess.swift",
        "HoldfastStorage/Posix/DirectoryReader.swift",
        "HoldfastStorage/Posix/OwnedFile+Direct.swift", "HoldfastStorage/Posix/OwnedFile+Directory.swift",
        "HoldfastStorage/Posix/OwnedFile+MakeDirectories.swift",
        "HoldfastStorage/Posix/OwnedFile.swift",
        "HoldfastStorage/Posix/PosixError.swift",
        "HoldfastStorage/Project/ProjectFileWriter.swift",
        "HoldfastStorage/Token/TokenKeyManager.swift", "HoldfastStorage/Token/TokenSession.swift",
        "HoldfastStorage/Tree/AccountNames.swift",
        "HoldfastStorage/Tree/AttributeHolder.swift",
        "HoldfastStorage/Tree/CacheTag.swift",
        "HoldfastStorage/Tree/DirectoryNames.swift",
        "HoldfastStorage/Tree/Entry+Status.swift",
        "HoldfastStorage/Tree/LongPath.swift",
        "HoldfastStorage/Tree/Metadata.swift",
        "HoldfastStorage/Tree/OwnedFile+FileSystem.swift",
        "HoldfastStorage/Tree/OwnedFile+Metadata.swift",
        "HoldfastStorage/Tree/OwnedFile+Nodes.swift",
        "HoldfastStorage/Tree/ScratchDirectory.swift",
        "HoldfastStorage/Tree/StreamReading.swift",
        "HoldfastStorage/Tree/TreeWalk.swift",
        "HoldfastStorage/Tree/WalkDirectory.swift",
    ]

    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static let sources = files(of: "Sources")

    static let tests = files(of: "Tests").filter { !["Benchmarks", "Fuzzing"].contains($0.target) }

    static func files(of folder: String) -> [Source] {
        let folder = root.appending(path: folder)
        let paths = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
        return paths.filter { $0.hasSuffix(".swift") }.sorted().compactMap { path in
            guard let text = try? String(contentsOf: folder.appending(path: path), encoding: .utf8) else { return nil }
            let target = path.prefix { $0 != "/" }
            return Source(
                target: String(target), path: path, lines: text.split(separator: "\n", omittingEmptySubsequences: false))
        }
    }

    @Test("all targets are here, and all of them are known")
    func completeness() {
        #expect(Set(Self.sources.map(\.target)) == Set(Self.allowed.keys))
    }

    @Test("imports point down only, and each outside module has one home", arguments: sources)
    func imports(source: Source) {
        let allowed = (Self.allowed[source.target] ?? []).union(Self.systemModules)
        let forbidden = source.lines.compactMap(Self.importedModule).filter { !allowed.contains($0) }
        #expect(forbidden.isEmpty, "\(source.path) may not import \(forbidden.joined(separator: ", "))")
    }

    @Test("the arrows themselves make no circle, and siblings do not know each other")
    func arrows() {
        for (target, modules) in Self.allowed {
            for module in modules {
                #expect(Self.allowed[module]?.contains(target) != true, "\(target) and \(module) know each other")
            }
        }
        let siblings: Set<String> = ["HoldfastStorage", "HoldfastCatalog", "HoldfastAWS"]
        for sibling in siblings { #expect(Self.allowed[sibling]?.isDisjoint(with: siblings) == true, "\(sibling)") }
    }

    @Test("the manifest allows no target more than this")
    func manifest() throws {
        for (target, modules) in Self.allowed {
            let declared = try Self.declaredModules(of: target).intersection(Self.allowed.keys)
            #expect(declared.isSubset(of: modules), "\(target)")
        }
    }

    /// An import that the manifest does not declare builds where the other module happens to be built first, and fails elsewhere.
    @Test("the manifest declares what each target and each test imports")
    func declarations() throws {
        let files = Self.sources + Self.tests
        let targets = Set(files.map(\.target))
        let known = try targets.reduce(into: targets) { known, target in known.formUnion(try Self.declaredModules(of: target)) }
        for (target, files) in Dictionary(grouping: files, by: \.target) {
            let imported = Set(files.flatMap { $0.lines.compactMap(Self.importedModule) })
            let undeclared = imported.intersection(known).subtracting(try Self.declaredModules(of: target))
            #expect(undeclared.isEmpty, "\(target) imports \(undeclared.sorted().joined(separator: ", "))")
        }
    }

    /// Every name that stands in the target's declaration but its own: modules, products and their packages.
    static func declaredModules(of target: String) throws -> Set<String> {
        let text = try String(contentsOf: root.appending(path: "Package.swift"), encoding: .utf8)
        let pattern = try Regex(#"arget\(\s*name: "\#(target)",(?s:.*?)swiftSettings"#)
        let declaration = try #require(text.firstMatch(of: pattern), "\(target) is not in the manifest")
        let names = String(text[declaration.range]).matches(of: /"([A-Za-z0-9]+)"/).map { String($0.output.1) }
        return Set(names).subtracting([target])
    }

    @Test("unsafe code stands only in the files that are listed here, and none is in that list for nothing", arguments: sources)
    func unsafety(source: Source) {
        let isUnsafe = source.lines.contains { line in
            line.contains("unsafe") && !line.drop { $0 == " " }.hasPrefix("//") && line.contains(/\bunsafe\b/)
        }
        #expect(isUnsafe == Self.unsafeFiles.contains(source.path), "\(source.path)")
    }

    @Test("no file is longer than 300 lines", arguments: sources)
    func length(source: Source) {
        #expect(source.lines.count <= 301, "\(source.path) has \(source.lines.count - 1) lines")
    }

    @Test("no type is called Manager (but for the port), Helper or Util", arguments: sources)
    func names(source: Source) {
        let words = ["Manager", "Helper", "Helpers", "Util", "Utils"]
        let types = source.lines.filter { line in words.contains { line.contains($0) } }.compactMap { line in
            line.firstMatch(of: /\b(?:struct|class|enum|actor|protocol|typealias) ([A-Za-z]+)/).map { String($0.output.1) }
        }
        let vague = types.filter { type in !type.hasSuffix("KeyManager") && words.contains { type.hasSuffix($0) } }
        #expect(vague.isEmpty, "\(source.path): \(vague.joined(separator: ", "))")
    }

    @Test("the scanner sees an import in every spelling")
    func scanner() {
        let lines = [
            "import A", "package import B", "  internal import C", "import struct D.E", "@preconcurrency import F", "// import G",
        ]
        #expect(lines.compactMap { Self.importedModule($0[...]) } == ["A", "B", "C", "D", "F"])
    }

    /// The module that a line imports, if it does.
    static func importedModule(_ line: Substring) -> String? {
        guard line.contains("import ") else { return nil }
        let match = line.firstMatch(
            of: /^\s*(?:@\w+ )*(?:\w+ )?import (?:(?:struct|class|enum|protocol|func|var|let|typealias) )?(\w+)/)
        return match.map { String($0.output.1) }
    }
}
