// swift-tools-version: 6.2
import PackageDescription

/// Every parser under libFuzzer: `scripts/fuzz`. A package of its own, since all of it is compiled with the coverage that libFuzzer asks for. Its
/// sources are the product's, by a link; internal parsers are reached as tests reach them.
let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableExperimentalFeature("Lifetimes"),
    .unsafeFlags(["-sanitize=fuzzer", "-enable-testing"]),
]

/// Debian's gold stumbles over the coverage's debugging information.
let linking: [LinkerSetting] = [.unsafeFlags(["-sanitize=fuzzer", "-use-ld=lld"])]

let package = Package(
    name: "holdfast-fuzzing",
    dependencies: [
        .package(url: "https://github.com/apple/swift-collections", exact: "1.6.0"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
    ],
    targets: [
        .systemLibrary(name: "CLibCrypto", pkgConfig: "libcrypto"),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd"),
        .systemLibrary(name: "CPosix"),
        .systemLibrary(name: "CPKCS11"),
        .target(
            name: "HoldfastModel", dependencies: [.product(name: "DequeModule", package: "swift-collections")],
            swiftSettings: settings),
        .target(name: "HoldfastCrypto", dependencies: ["HoldfastModel", "CLibCrypto", "CPosix"], swiftSettings: settings),
        .target(name: "HoldfastFormat", dependencies: ["HoldfastCrypto", "HoldfastModel", "CZstd"], swiftSettings: settings),
        .target(
            name: "HoldfastStorage",
            dependencies: [
                "HoldfastFormat", "HoldfastCrypto", "HoldfastModel", "CPosix", "CPKCS11", .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: settings),
        // What AWS answers is read in these files; the rest of the module talks to it.
        .target(
            name: "HoldfastAWS", dependencies: ["HoldfastFormat", "HoldfastModel"],
            sources: ["XML", "S3/ListPage.swift", "S3/HTTPDate.swift", "HTTP/PercentEncoding.swift"], swiftSettings: settings),
        .executableTarget(
            name: "HoldfastFuzz",
            dependencies: ["HoldfastAWS", "HoldfastStorage", "HoldfastFormat", "HoldfastCrypto", "HoldfastModel"],
            path: "Fuzz/HoldfastFuzz",
            swiftSettings: settings + [.unsafeFlags(["-parse-as-library"])],
            linkerSettings: linking),
        .executableTarget(
            name: "HoldfastSeeds", dependencies: ["HoldfastFormat", "HoldfastCrypto", "HoldfastModel"],
            path: "Fuzz/HoldfastSeeds",
            swiftSettings: settings, linkerSettings: linking),
    ],
    swiftLanguageModes: [.v6]
)
