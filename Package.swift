// swift-tools-version: 6.2
// eventail turns log lines into customer-data events. What each target is for, and which may import which, is told in
// Sources/eventail/eventail.docc/Architecture.md; Tests/TidyTests hold this manifest and the sources to it.

import PackageDescription

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

let vectorscan: Target.Dependency = .target(name: "CVectorscan", condition: .when(traits: ["Vectorscan"]))
let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let asyncHTTPClient: Target.Dependency = .product(name: "AsyncHTTPClient", package: "async-http-client")
let basicContainers: Target.Dependency = .product(name: "BasicContainers", package: "swift-collections")
let coreMetrics: Target.Dependency = .product(name: "CoreMetrics", package: "swift-metrics")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let hummingbirdCore: Target.Dependency = .product(name: "HummingbirdCore", package: "hummingbird")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let unixSignals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let serviceLifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")

/// Release executables carry the Swift runtime, so that a machine needs no toolchain to run them; C libraries stay dynamic. Said
/// here rather than with `--static-swift-stdlib`, because the toolchain has no static Testing library: so one build serves
/// tests and package.
let staticRuntime: [LinkerSetting] = [
    .unsafeFlags(
        [
            "-static-stdlib", "-lFoundation", "-lCoreFoundation", "-lFoundationInternationalization", "-lFoundationEssentials",
            "-l_FoundationICU", "-l_FoundationCollections", "-l_FoundationCShims",
        ], .when(configuration: .release))
]

func library(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = []) -> Target {
    .testTarget(name: name, dependencies: dependencies, resources: resources, swiftSettings: settings)
}

let package = Package(
    name: "eventail",
    products: [.executable(name: "eventail", targets: ["eventail"])],
    traits: [
        .trait(
            name: "Vectorscan",
            description: "Scan for all rules' literals at once with Vectorscan; without it a slower search of our own does the same."),
        .default(enabledTraits: ["Vectorscan"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", exact: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", exact: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1", traits: []),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", exact: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
    ],
    targets: [
        .systemLibrary(name: "CPCRE2", pkgConfig: "libpcre2-8", providers: [.apt(["libpcre2-dev"])]),
        .systemLibrary(name: "CVectorscan", pkgConfig: "libhs", providers: [.apt(["libvectorscan-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        .systemLibrary(name: "CLzma", pkgConfig: "liblzma", providers: [.apt(["liblzma-dev"])]),
        .systemLibrary(name: "CSystemd", pkgConfig: "libsystemd", providers: [.apt(["libsystemd-dev"])]),
        .systemLibrary(name: "CFileSystem"),

        library("Records", []),
        library("Documents", [yams]),
        library("Patterns", ["CPCRE2", vectorscan]),
        library("Formats", ["Records"]),
        library("Calls", [basicContainers, crypto]),
        library("Rules", ["Records", "Patterns", "Formats", "Calls", "Documents", basicContainers]),
        library("Encodings", ["Records"]),
        library("Compression", ["CZlib", "CZstd", "CLzma"]),
        library("Tailing", ["Records", "Compression", "CFileSystem"]),
        library("Journal", ["Records", "CSystemd"]),
        library("Store", ["Records", "Calls", grdb]),
        library("Delivery", ["Calls", "Store", asyncHTTPClient, coreMetrics, logging, nioCore, nioHTTP1, nioPosix, nioSSL]),
        library("Settings", ["Documents"]),
        library("Exposition", [coreMetrics, nioCore, nioHTTP1, nioPosix]),
        library(
            "Agent",
            [
                "Records", "Documents", "Encodings", "Compression", "Formats", "Calls", "Rules", "Tailing", "Journal", "Store", "Delivery",
                "Settings",
                "Exposition", "CSystemd", coreMetrics, logging, nioCore, nioPosix, serviceLifecycle, unixSignals,
            ]),
        library("Receiver", ["Calls", httpTypes, hummingbirdCore, logging, nioCore, nioPosix, serviceLifecycle]),
        .executableTarget(
            name: "eventail", dependencies: ["Agent", "Receiver", argumentParser, logging, serviceLifecycle, unixSignals],
            resources: [.embedInCode("Demo/access.log"), .embedInCode("Demo/app.log")], swiftSettings: settings,
            linkerSettings: staticRuntime),

        .target(
            name: "TestSupport", dependencies: [nioCore, nioHTTP1, nioPosix, nioSSL, yams], path: "Tests/TestSupport",
            exclude: ["Resources"],
            swiftSettings: settings),
        .target(name: "RandomSupport", path: "Tests/RandomSupport", swiftSettings: settings),
        tests("CallsTests", ["Calls", "RandomSupport", basicContainers]),
        tests("CompressionTests", ["Compression", "RandomSupport"]),
        tests(
            "DeliveryTests",
            ["Calls", "Delivery", "RandomSupport", "Store", "TestSupport", asyncHTTPClient, grdb, logging, nioCore, nioHTTP1, nioPosix]),
        tests("DocumentsTests", ["Documents"]),
        tests("EncodingsTests", ["Encodings", "RandomSupport", "Records"]),
        tests("EventailTests", ["Agent", "RandomSupport", "TestSupport", nioHTTP1]),
        tests("ExpositionTests", ["Exposition", "TestSupport", coreMetrics]),
        tests("FormatsTests", ["Formats", "RandomSupport"]),
        tests("JournalTests", ["Journal", "RandomSupport", "Records", "TestSupport"]),
        tests("PatternsTests", ["Patterns", "RandomSupport"]),
        tests("ReceiverTests", ["Calls", "Receiver", "TestSupport", asyncHTTPClient, logging, nioCore, nioHTTP1, serviceLifecycle]),
        tests("RecordsTests", ["RandomSupport", "Records"]),
        tests("RulesTests", ["RandomSupport", "Records", "Patterns", "Formats", "Calls", "Documents", "Rules", basicContainers]),
        tests("SettingsTests", ["Settings", "Documents"]),
        tests("StoreTests", ["Calls", "RandomSupport", "Records", "Store", grdb]),
        tests("TailingTests", ["Compression", "RandomSupport", "Records", "Tailing"]),
        tests("TidyTests", []),
        tests("TestSupportTests", ["TestSupport"]),
    ]
)
