// swift-tools-version: 6.2
import PackageDescription

/// What every byte or every file passes, measured one by one: `scripts/micro-bench`. A package of its own, so that nothing of it is in the
/// product's graph. Its sources are the product's, by a link: what is `package` there is so here.
let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableExperimentalFeature("Lifetimes"),
]

let package = Package(
    name: "holdfast-benchmarks",
    dependencies: [
        .package(url: "https://github.com/apple/swift-collections", exact: "1.6.0"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
        .package(url: "https://github.com/ordo-one/benchmark", exact: "1.38.1", traits: []),
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
            name: "HoldfastCatalog",
            dependencies: [
                "HoldfastModel", .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            swiftSettings: settings),
        .target(
            name: "HoldfastStorage",
            dependencies: [
                "HoldfastFormat", "HoldfastCrypto", "HoldfastModel", "CPosix", "CPKCS11", .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: settings),
        .target(
            name: "Holdfast",
            dependencies: [
                "HoldfastStorage", "HoldfastCatalog", "HoldfastFormat", "HoldfastCrypto", "HoldfastModel",
                .product(name: "DequeModule", package: "swift-collections"),
            ],
            swiftSettings: settings),
        .target(
            name: "HoldfastTesting", dependencies: ["HoldfastFormat", "HoldfastCrypto", "HoldfastModel"], swiftSettings: settings),
        .executableTarget(
            name: "HoldfastBenchmarks",
            dependencies: [
                "Holdfast", "HoldfastTesting", "HoldfastStorage", "HoldfastCatalog", "HoldfastFormat", "HoldfastCrypto",
                "HoldfastModel",
                .product(name: "Benchmark", package: "benchmark"),
            ],
            path: "Benchmarks/HoldfastBenchmarks",
            swiftSettings: settings,
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]),
    ],
    swiftLanguageModes: [.v6]
)
