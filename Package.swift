// swift-tools-version: 6.2
import PackageDescription

// One line a module: its name, then what it may import. Sources/README.md has the map;
// Tests/HouseTests holds the import table against the sources.

let log = Target.Dependency.product(name: "Logging", package: "swift-log")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let heap = Target.Dependency.product(name: "HeapModule", package: "swift-collections")
let database = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let sqlite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let mustache = Target.Dependency.product(name: "Mustache", package: "swift-mustache")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let signals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let nio = ["NIOCore", "NIOPosix", "NIOHTTP1"].map {
  Target.Dependency.product(name: $0, package: "swift-nio")
}
let nioTypes = ["NIOHTTPTypes", "NIOHTTPTypesHTTP1"].map {
  Target.Dependency.product(name: $0, package: "swift-nio-extras")
}
let deque = Target.Dependency.product(name: "DequeModule", package: "swift-collections")

let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
  // Debug builds, and with them all tests, check for overlapping accesses as the program runs; in a release that
  // would be a tenth of what taskhook itself does for a poll.
  .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release)),
]

// The release is one file with Swift's runtime in it, and needs no more than the C libraries that it is built against.
// Their own modules' names for what is in the archives are those of the shared ones: the archives below those are named
// here. lld packs the relocations (a tenth of the time of start-up is theirs), and the function names stay for reports
// of crashes, not the debugger's tables.
let alone: [LinkerSetting] = [
  .unsafeFlags(
    ["-static-stdlib", "-use-ld=lld"]
      + [
        "CoreFoundation", "_FoundationICU", "_FoundationCShims", "_FoundationCollections",
        "FoundationInternationalization", "FoundationEssentials", "dispatch", "BlocksRuntime", "stdc++", "m",
      ].map { "-l" + $0 }
      + ["--strip-debug", "-z", "pack-relative-relocs"].flatMap { ["-Xlinker", $0] },
    .when(platforms: [.linux], configuration: .release))
]

func module(
  _ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource] = []
) -> Target {
  .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: settings)
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
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
  ],
  targets: [
    .systemLibrary(name: "CLinux"),
    .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
    module("Model", [crypto]),
    module("YAML", ["CYAML"]),
    module("Config", ["Model", "YAML"]),
    .systemLibrary(
      name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    module("HTTP", ["CCurl", "Model", heap]),
    module("Providers", ["Model", "Config"], resources: [.embedInCode("Presets")]),
    module("Storage", ["Model", database, sqlite, deque]),
    module("Templates", ["Model", "Config", mustache]),
    module(
      "Hooks", ["CLinux", "Model", "Config", "Templates", crypto],
      resources: [.embedInCode("Chat/Services"), .embedInCode("Chat/messages.yaml")]),
    module("Simulator", ["Model", hummingbird, hummingbirdCore, log]),
    module("Watching", ["Model", "Config", log, heap, deque]),
    module("Delivering", ["Model", "Config", log, deque]),
    module("Outputs", ["Model", "Config", "Templates", crypto, log]),
    module(
      "Server", ["Model", "Config", hummingbird, hummingbirdCore, log] + nio + nioTypes,
      resources: [.embedInCode("Dashboard/Files")]),
    .executableTarget(
      name: "taskhook",
      dependencies: [
        "Model", "Config", "HTTP", "Providers", "Storage", "Hooks", "Outputs", "Simulator", "Watching",
        "Delivering", "Server", log, arguments, lifecycle, signals,
      ], swiftSettings: settings, linkerSettings: alone),
    .executableTarget(
      name: "taskhook-bench",
      dependencies: ["Model", "Providers", "Storage", "Watching", hummingbird, log], swiftSettings: settings,
      linkerSettings: alone),
    .target(
      name: "TestSupport", dependencies: ["Config", "Model"], path: "Tests/TestSupport",
      swiftSettings: settings),
    tests("HouseTests"),
    tests("ModelTests", ["Model"]),
    tests("YAMLTests", ["YAML"]),
    tests("ConfigTests", ["Config", "Model"]),
    tests("HTTPTests", ["HTTP", "Model"]),
    tests("ProvidersTests", ["Config", "Model", "Providers"]),
    tests("StoreTests", ["Model", "Storage", database]),
    tests("TemplatesTests", ["Model", "Config", "Templates"]),
    tests("HooksTests", ["Model", "Config", "Hooks", "Templates"]),
    tests("SimulatorTests", ["Model", "Simulator"]),
    tests(
      "taskhookTests",
      ["taskhook", "Config", "Delivering", "HTTP", "Hooks", "Model", "Server", "Storage", "Watching", log]),
    tests("WatchingTests", ["Watching", "Config", log]),
    tests("OutputsTests", ["Outputs", "Config", "HTTP", "Model", "Storage", "Templates", log]),
    tests(
      "ServerTests",
      [
        "Server", "Config", "HTTP", "Model", "Providers", "Simulator", "Storage", "Watching", log,
        hummingbird,
      ]
        + nio),
    tests("DeliveringTests", ["Delivering", "Storage", "Config", log, database]),
    tests("AcceptanceTests", ["Model", "Simulator", "taskhook", crypto]),
    tests("BenchTests", ["taskhook-bench", "Watching"]),
    tests("ExamplesTests", ["Hooks", "Model", "Simulator", "taskhook"]),
  ]
)
