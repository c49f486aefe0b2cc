// swift-tools-version: 6.2
import PackageDescription

/// One set of rules for every target of ours: unsafe code is marked, warnings are errors.
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableExperimentalFeature("Lifetimes"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
]

/// The lowest modules, and what makes the tests' data, are optimised in a debug build as well: tests spent most of their time there.
let low: [SwiftSetting] = strict + [.unsafeFlags(["-O"], .when(configuration: .debug))]

/// Our modules from the top down. An arrow may only point to what stands lower; `LayeringTests` holds the imports to it.
let package = Package(
    name: "holdfast",
    products: [
        .executable(name: "holdfast", targets: ["HoldfastCLI"]),
        .executable(name: "holdfast-simulation", targets: ["HoldfastSimulation"]),
        .executable(name: "holdfast-upload-bench", targets: ["HoldfastUploadBench"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", exact: "1.6.0"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", exact: "2.1.1"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", exact: "1.37.0"),
    ],
    targets: [
        .systemLibrary(name: "CLibCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        .systemLibrary(name: "CPosix"),
        .systemLibrary(name: "CPKCS11"),

        .executableTarget(
            name: "HoldfastCLI",
            dependencies: [
                "HoldfastPages", "Holdfast", "HoldfastAWS", "HoldfastStorage", "HoldfastCatalog", "HoldfastFormat",
                "HoldfastCrypto", "HoldfastModel", "CPosix", .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            swiftSettings: strict
        ),
        .target(
            name: "HoldfastPages",
            dependencies: ["Holdfast", "HoldfastModel", .product(name: "Mustache", package: "swift-mustache")],
            resources: [.embedInCode("Templates")],
            swiftSettings: strict
        ),
        .target(
            name: "Holdfast",
            dependencies: [
                "HoldfastStorage", "HoldfastCatalog", "HoldfastFormat", "HoldfastCrypto", "HoldfastModel",
                .product(name: "DequeModule", package: "swift-collections"),
            ],
            swiftSettings: strict
        ),
        .target(
            name: "HoldfastStorage",
            dependencies: [
                "HoldfastFormat", "HoldfastCrypto", "HoldfastModel", "CPosix", "CPKCS11",
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: strict
        ),
        .target(
            name: "HoldfastAWS",
            dependencies: [
                "HoldfastFormat", "HoldfastCrypto", "HoldfastModel",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"), .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: strict
        ),
        .target(
            name: "HoldfastCatalog",
            dependencies: [
                "HoldfastModel", .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            swiftSettings: strict
        ),
        .target(name: "HoldfastFormat", dependencies: ["HoldfastCrypto", "HoldfastModel", "CZstd"], swiftSettings: low),
        .target(name: "HoldfastCrypto", dependencies: ["HoldfastModel", "CLibCrypto", "CPosix"], swiftSettings: low),
        .target(
            name: "HoldfastModel", dependencies: [.product(name: "DequeModule", package: "swift-collections")],
            swiftSettings: low),
        .target(
            name: "HoldfastTesting",
            dependencies: ["HoldfastFormat", "HoldfastCrypto", "HoldfastModel"],
            swiftSettings: low
        ),
        .target(
            name: "HoldfastTestingAWS",
            dependencies: [
                "HoldfastFormat", "HoldfastCrypto", "HoldfastModel", .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "HoldfastSimulation",
            dependencies: [
                "Holdfast", "HoldfastTesting", "HoldfastCatalog", "HoldfastCrypto", "HoldfastModel",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "DequeModule", package: "swift-collections"),
            ],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "HoldfastUploadBench",
            dependencies: [
                "HoldfastAWS", "HoldfastCrypto", "HoldfastModel", .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: strict
        ),

        .testTarget(name: "HoldfastModelTests", dependencies: ["HoldfastTesting", "HoldfastModel"], swiftSettings: strict),
        .testTarget(name: "HoldfastCryptoTests", dependencies: ["HoldfastCrypto", "HoldfastModel"], swiftSettings: strict),
        .testTarget(
            name: "HoldfastFormatTests",
            dependencies: ["HoldfastTesting", "HoldfastFormat", "HoldfastCrypto", "HoldfastModel"],
            swiftSettings: strict),
        .testTarget(
            name: "HoldfastStorageTests",
            dependencies: ["HoldfastStorage", "HoldfastTesting", "HoldfastFormat", "HoldfastCrypto", "HoldfastModel", "CPosix"],
            swiftSettings: strict),
        .testTarget(
            name: "HoldfastAWSTests",
            dependencies: [
                "HoldfastAWS", "HoldfastTestingAWS", "HoldfastTesting", "HoldfastFormat", "HoldfastCrypto", "HoldfastModel",
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "HoldfastCatalogTests",
            dependencies: ["HoldfastCatalog", "HoldfastModel", .product(name: "GRDB", package: "GRDB.swift")],
            swiftSettings: strict),
        .testTarget(
            name: "HoldfastTests",
            dependencies: [
                "Holdfast", "HoldfastTesting", "HoldfastStorage", "HoldfastCatalog", "HoldfastFormat", "HoldfastCrypto",
                "HoldfastModel", "CPosix",
            ],
            swiftSettings: strict),
        .testTarget(name: "HoldfastSimulationTests", swiftSettings: strict),
        .testTarget(
            name: "HoldfastPagesTests", dependencies: ["HoldfastPages", "Holdfast", "HoldfastModel"], swiftSettings: strict),
        .testTarget(
            name: "HoldfastCLITests",
            dependencies: [
                "HoldfastCLI", "HoldfastTestingAWS", "Holdfast", "HoldfastFormat", "HoldfastModel",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
