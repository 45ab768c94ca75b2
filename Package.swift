// swift-tools-version: 6.2
import PackageDescription

/// Every target is held to the same rules: Swift 6, no warnings, unsafe code marked where it stands.
let strict: [SwiftSetting] = [
    .enableExperimentalFeature("Lifetimes"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    // Modules share small functions that every packet passes through; docs/performance.md has the figures.
    .unsafeFlags(["-cross-module-optimization"], .when(configuration: .release)),
]

let package = Package(
    name: "earshot",
    products: [
        .executable(name: "earshot", targets: ["earshot"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    ],
    targets: [
        .systemLibrary(name: "CPcap", pkgConfig: "libpcap", providers: [.apt(["libpcap-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        .systemLibrary(name: "CSeccomp", pkgConfig: "libseccomp", providers: [.apt(["libseccomp-dev"])]),
        .target(name: "CSystem", dependencies: ["CSeccomp"], linkerSettings: [.linkedLibrary("seccomp")]),
        .target(name: "Capture", dependencies: ["CPcap", "CSystem", "CZlib", "CZstd"], swiftSettings: strict),
        .target(
            name: "Wire",
            dependencies: [
                .product(name: "SwiftASN1", package: "swift-asn1"),
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict),
        .target(
            name: "Sessions", dependencies: ["Wire", .product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: strict),
        .target(
            name: "Trust",
            dependencies: [
                "Wire",
                .product(name: "SwiftASN1", package: "swift-asn1"),
                .product(name: "X509", package: "swift-certificates"),
            ],
            swiftSettings: strict),
        .target(name: "Findings", dependencies: ["Sessions", "Wire"], swiftSettings: strict),
        .target(name: "CTOML"),
        .target(
            name: "Settings",
            dependencies: ["CTOML", "Findings", "Wire"],
            swiftSettings: strict),
        .target(
            name: "Reports",
            dependencies: ["Findings", "Sessions", "Wire", .product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: strict),
        .target(
            name: "Pipeline",
            dependencies: [
                "Capture", "Findings", "Reports", "Sessions", "Trust", "Wire",
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "earshot",
            dependencies: [
                "Capture", "Findings", "Pipeline", "Reports", "Settings", "Trust",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict,
            // Takes the place of the C library's allocator; docs/performance.md has the figures.
            linkerSettings: [.linkedLibrary("mimalloc", .when(platforms: [.linux], configuration: .release))]),
        .target(
            name: "Support", dependencies: ["Findings", "Pipeline", "Reports", "Sessions", "Wire"],
            path: "Tests/Support", swiftSettings: strict),
        .executableTarget(
            name: "workload", dependencies: [.product(name: "ArgumentParser", package: "swift-argument-parser")],
            path: "Tests/Workload", swiftSettings: strict),
        .executableTarget(
            name: "pcap-loop", dependencies: ["CPcap"], path: "Tests/bench/loop",
            linkerSettings: [.linkedLibrary("pcap")]),
        .testTarget(name: "WireTests", dependencies: ["Support", "Wire"], swiftSettings: strict),
        .testTarget(
            name: "GoldenTests", dependencies: ["Findings", "Pipeline", "Reports", "Support", "Trust", "Wire"],
            swiftSettings: strict),
        .testTarget(
            name: "FindingsTests", dependencies: ["Findings", "Sessions", "Settings", "Wire"], swiftSettings: strict),
        .testTarget(
            name: "TrustTests",
            dependencies: [
                "Findings", "Pipeline", "Sessions", "Support", "Trust", "Wire",
                .product(name: "X509", package: "swift-certificates"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "ReportsTests", dependencies: ["Findings", "Reports", "Sessions", "Wire"], swiftSettings: strict),
        .testTarget(
            name: "CaptureTests",
            dependencies: ["Capture", "Findings", "Pipeline", "Reports", "Sessions", "Support", "Trust", "Wire"],
            swiftSettings: strict),
        .testTarget(
            name: "PipelineTests",
            dependencies: ["Capture", "Findings", "Pipeline", "Reports", "Sessions", "Support", "Wire"],
            swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)
