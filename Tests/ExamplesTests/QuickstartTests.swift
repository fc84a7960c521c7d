import Foundation
import TestSupport
import Testing

/// The quickstart, among stand-ins for the programs that it calls: each writes down how it was called.
@Suite struct QuickstartTests {
  private static let libraries = ["libcurl", "sqlite3", "yaml-0.1"]

  /// A folder of programs, the only ones there are.
  private func machine(
    _ examples: Examples, user: Int, has: [String], tools: [String], demo: Int = 0
  ) throws {
    for tool in ["dirname", "grep", "env", "cat"] {
      let real = ["/usr/bin/", "/bin/"].map { $0 + tool }.first {
        FileManager.default.isExecutableFile(atPath: $0)
      }
      try FileManager.default.createDirectory(atPath: examples.path("bin"), withIntermediateDirectories: true)
      try FileManager.default.createSymbolicLink(
        atPath: examples.path("bin/" + tool), withDestinationPath: try #require(real))
    }
    let log = "echo \"${0##*/} $*\" >>'\(examples.path("calls"))'\n"
    var scripts = [
      "id": "echo \(user)",
      "dpkg":
        "case ' \(has.joined(separator: " ")) ' in *\" $2 \"*) echo 'Status: install ok installed';; *) exit 1;; esac",
      "pkg-config": "case ' \(has.joined(separator: " ")) ' in *\" $2 \"*) ;; *) exit 1;; esac",
      "swift":
        log + "case \"$*\" in *--show-bin-path) echo '\(examples.path("bin"))';; esac",
      "taskhook": log + "exit \(demo)",
      "apt-get": log,
      "sudo": log + "exec \"$@\"",
    ]
    for absent in scripts.keys where !tools.contains(absent) && !["id", "taskhook"].contains(absent) {
      scripts[absent] = nil
    }
    for (name, text) in scripts {
      try examples.write("bin/" + name, "#!/bin/sh\n" + text + "\n", mode: 0o755)
    }
  }

  private func quickstart(_ examples: Examples, _ packages: String...) async throws -> Examples.Finished {
    let script = Repository.folder + "/examples/quickstart.sh"
    let program = try examples.start("/bin/sh", [script] + packages, env: ["PATH": examples.path("bin")])
    return await examples.finish(program)
  }

  private func calls(_ examples: Examples) -> [String] {
    (examples.text("calls") ?? "").split(separator: "\n").map(String.init)
  }

  private static let build = [
    "swift build -c release --product taskhook", "swift build -c release --show-bin-path", "taskhook demo",
  ]

  /// Whether the machine that runs the tests has these; a file, which no PATH hides.
  private static let certificates =
    FileManager.default.fileExists(atPath: "/etc/ssl/certs/ca-certificates.crt") ? [] : ["ca-certificates"]

  @Test func aMachineThatHasAllInstallsNothing() async throws {
    try await Examples.use { examples in
      try machine(
        examples, user: 1000, has: Self.libraries + ["ca-certificates", "jq", "dpkg-knows"],
        tools: ["dpkg", "pkg-config", "swift", "apt-get", "sudo"])
      guard Self.certificates.isEmpty else { return }
      let finished = try await quickstart(examples, "jq", "cat", "dpkg-knows")
      #expect(finished.status == 0, "\(finished.stderr)")
      #expect(calls(examples) == Self.build)
      #expect(finished.stdout.contains("the program is \(examples.path("bin"))/taskhook"))
    }
  }

  @Test(arguments: [0, 1000]) func whatIsMissingIsInstalledByRootOrSudo(user: Int) async throws {
    try await Examples.use { examples in
      try machine(
        examples, user: user, has: ["libcurl"], tools: ["dpkg", "pkg-config", "swift", "apt-get", "sudo"])
      let finished = try await quickstart(examples, "jq")
      #expect(finished.status == 0, "\(finished.stderr)")
      let packages = (Self.certificates + ["libsqlite3-dev", "libyaml-dev", "jq"]).joined(separator: " ")
      let apt = [
        "apt-get update -qq", "apt-get install -qq -y --no-install-recommends \(packages)",
      ]
      let sudo = calls(examples).filter { $0.hasPrefix("sudo ") }
      #expect(calls(examples).filter { !$0.hasPrefix("sudo ") } == apt + Self.build)
      #expect(
        sudo
          == (user == 0
            ? [] : ["sudo \(apt[0])", "sudo env DEBIAN_FRONTEND=noninteractive \(apt[1])"]))
    }
  }

  @Test func withoutPkgConfigAllLibrariesAreInstalled() async throws {
    try await Examples.use { examples in
      try machine(examples, user: 0, has: [], tools: ["swift", "apt-get"])
      #expect(try await quickstart(examples).status == 0)
      #expect(
        calls(examples).contains {
          $0.hasSuffix(" libcurl4-openssl-dev libsqlite3-dev libyaml-dev pkg-config")
        })
    }
  }

  @Test(arguments: [
    (["dpkg", "pkg-config", "swift", "apt-get"], "root or sudo is needed to install:"),
    (["dpkg", "pkg-config", "swift", "sudo"], "please install what is called here on Debian:"),
    (["dpkg", "pkg-config", "apt-get", "sudo"], "Swift 6.3 is needed and not in PATH"),
  ]) func whatItCannotDoItSays(tools: [String], message: String) async throws {
    try await Examples.use { examples in
      try machine(examples, user: 1000, has: ["sqlite3"], tools: tools)
      let finished = try await quickstart(examples)
      #expect(
        finished.status == 69 && finished.stderr.contains("quickstart: " + message), "\(finished.stderr)")
      #expect(calls(examples).isEmpty)
    }
  }

  @Test func aDemoThatFailsFailsIt() async throws {
    try await Examples.use { examples in
      try machine(
        examples, user: 0, has: Self.libraries, tools: ["dpkg", "pkg-config", "swift", "apt-get"], demo: 70)
      #expect(try await quickstart(examples).status == 70)
    }
  }

  /// One command for a person and for the machine that checks every change.
  @Test func theCheckOfEveryChangeRunsTheCommandOfTheReadme() async throws {
    try await Examples.use { examples in
      #expect(try Repository.text(".ci/run").contains("\nexec sh Tests/run.sh </dev/null\n"))
      #expect(try Repository.text("Tests/run.sh").contains("\nsh examples/quickstart.sh "))
      for (shell, script) in [("sh", "examples/quickstart.sh"), ("sh", "Tests/run.sh"), ("bash", ".ci/run")] {
        let checked = try await examples.run("/bin/" + shell, "-n", Repository.folder + "/" + script)
        #expect(checked.status == 0, "\(script): \(checked.stderr)")
      }
    }
  }
}
