// swift-tools-version: 6.2
import PackageDescription

// The driver of `Tools/fuzz`: libFuzzer around the targets, which are a part of the package above. It is a
// package of its own because libFuzzer brings the `main` of its program, which no ordinary build has.

let package = Package(
    name: "fuzz",
    dependencies: [.package(name: "jejak", path: "../..")],
    targets: [
        .executableTarget(
            name: "fuzz", dependencies: [.product(name: "FuzzTargets", package: "jejak")], path: "Driver")
    ]
)
