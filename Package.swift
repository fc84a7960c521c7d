// swift-tools-version: 6.2
import PackageDescription

// One line a module: its name, then what it may import. Sources/README.md has the map;
// Tests/HouseTests holds the import table against the sources.

let log = Target.Dependency.product(name: "Logging", package: "swift-log")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let heap = Target.Dependency.product(name: "HeapModule", package: "swift-collections")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let deque = Target.Dependency.product(name: "DequeModule", package: "swift-collections")

let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
]

func module(
  _ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource] = []
) -> Target {
  .target(
    name: name, dependencies: dependencies, resources: resources, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .testTarget(
    name: name, dependencies: dependencies + ["TestSupport"], swiftSettings: settings)
}

let package = Package(
  name: "taskhook",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
  ],
  targets: [
    .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
    module("Model", [crypto]),
    module("YAML", ["CYAML"]),
    module("Config", ["Model", "YAML"]),
    module("Hooks", ["Model", "Config", crypto, subprocess]),
    module("Providers", ["Model", "Config"], resources: [.embedInCode("Presets/runway.yaml")]),
    .target(
      name: "TestSupport", dependencies: ["Model"], path: "Tests/TestSupport", swiftSettings: settings),
    tests("ModelTests", ["Model"]),
    tests("YAMLTests", ["YAML"]),
    tests("ConfigTests", ["Config", "Model"]),
    tests("HooksTests", ["Model", "Config", "Hooks"]),
    tests("ProvidersTests", ["Config", "Model", "Providers"]),
  ]
)
