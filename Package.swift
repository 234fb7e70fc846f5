// swift-tools-version: 6.2
import PackageDescription

// Targets stand in the order in which one message meets them; `Tools/check` compares every import
// with the dependencies declared here.

/// What every Swift target is compiled with.
let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("ExistentialAny"),
]

let package = Package(
    name: "jejak",
    products: [
        .executable(name: "jejak", targets: ["jejak"]),
        // For the package in Tests/Fuzz, which puts libFuzzer around it.
        .library(name: "FuzzTargets", targets: ["FuzzTargets"]),
    ],
    targets: [
        // Leaves: nothing below them.
        .target(name: "Market", swiftSettings: strict),
        .target(name: "Columns", swiftSettings: strict),

        // The machine: the only targets that touch C libraries for disk, hashing and compression.
        .target(name: "CLinux"),
        .systemLibrary(
            name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        .systemLibrary(
            name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(
            name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .target(
            name: "Platform", dependencies: ["CLinux", "CZstd", "CZlib", "CCrypto"],
            swiftSettings: strict),

        // Bytes become durable.
        .target(
            name: "Tape", dependencies: ["Market", "Columns", "Platform"], swiftSettings: strict),

        // Bytes become events.
        .target(name: "Feed", dependencies: ["Market", "Columns"], swiftSettings: strict),

        // Sources are read, split, dated and appended.
        .target(
            name: "Ingest", dependencies: ["Market", "Columns", "Feed", "Tape", "Platform"],
            swiftSettings: strict),

        // Events become rows.
        .target(name: "Projections", dependencies: ["Market", "Columns"], swiftSettings: strict),

        // Rows are kept.
        .systemLibrary(
            name: "CLMDB", pkgConfig: "lmdb", providers: [.apt(["liblmdb-dev"])]),
        .target(
            name: "Store", dependencies: ["Market", "Projections", "Platform", "CLMDB"],
            swiftSettings: strict),

        // One loop from tape to store.
        .target(
            name: "Replay",
            dependencies: [
                "Market", "Columns", "Feed", "Tape", "Projections", "Store", "Platform",
            ],
            swiftSettings: strict),

        // The other side of the wire.
        .target(name: "Simulator", dependencies: ["Market"], swiftSettings: strict),

        .executableTarget(
            name: "jejak",
            dependencies: [
                "Market", "Feed", "Tape", "Ingest", "Projections", "Store", "Replay", "Simulator",
                "Platform",
            ],
            swiftSettings: strict),

        .executableTarget(
            name: "stages",
            dependencies: ["Market", "Columns", "Feed", "Tape", "Projections", "Store", "Platform"],
            path: "Benchmarks/Stages", swiftSettings: strict),

        // Tests, in the same order.
        .target(
            name: "TestSupport", dependencies: ["Market", "Columns", "Platform", "Tape"],
            path: "Tests/TestSupport", swiftSettings: strict),
        .testTarget(name: "MarketTests", dependencies: ["Market"], swiftSettings: strict),
        .testTarget(name: "ColumnsTests", dependencies: ["Columns"], swiftSettings: strict),
        .testTarget(
            name: "PlatformTests", dependencies: ["Platform", "CLinux", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "TapeTests",
            dependencies: ["Market", "Columns", "Platform", "Tape", "Feed", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "IngestTests",
            dependencies: ["Market", "Feed", "Platform", "Tape", "Ingest", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "FeedTests", dependencies: ["Feed", "Market", "Columns", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "ProjectionsTests",
            dependencies: ["Projections", "Columns", "Market", "Simulator", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "CodecTests", dependencies: ["Market", "Columns", "Feed", "Simulator"],
            swiftSettings: strict),
        .testTarget(
            name: "StoreTests", dependencies: ["Store", "Market"],
            swiftSettings: strict),
        .testTarget(
            name: "SimulatorTests", dependencies: ["Market", "Simulator"], swiftSettings: strict),
        .testTarget(
            name: "ReplayTests",
            dependencies: [
                "Replay", "Columns", "Ingest", "Simulator", "Projections", "Store", "Tape", "Feed", "Market",
                "TestSupport",
            ],
            swiftSettings: strict),
        .target(
            name: "TapeSimulation",
            dependencies: [
                "Market", "Columns", "Platform", "Tape", "Feed", "Ingest", "Projections", "Replay",
                "TestSupport",
            ],
            path: "Tests/TapeSimulation", swiftSettings: strict),
        .executableTarget(
            name: "simulation", dependencies: ["TapeSimulation"], path: "Tests/simulation",
            swiftSettings: strict),
        .testTarget(
            name: "SimulationTests",
            dependencies: ["TapeSimulation", "TestSupport", "Tape", "Ingest", "Market", "Feed", "Platform"],
            swiftSettings: strict),
        .target(
            name: "FuzzTargets",
            dependencies: [
                "Market", "Columns", "Platform", "Feed", "Tape", "Projections", "Replay", "Simulator",
                "TestSupport",
            ],
            path: "Tests/Fuzz/Targets", swiftSettings: strict),
        .testTarget(name: "FuzzTests", dependencies: ["FuzzTargets"], swiftSettings: strict),
        .testTarget(
            name: "CommandLineTests", dependencies: ["jejak", "TestSupport"], swiftSettings: strict),
    ]
)
