import Foundation
import Model
import TestSupport
import Testing

@testable import Hooks

/// Programs that cannot be started: always to be tried again, with a reason that says what to do.
@Suite struct CommandStartTests {
  let folder: ScriptFolder

  init() throws { folder = try ScriptFolder() }

  private func reason(_ words: String...) async throws -> String? {
    let report = try await folder.hook(.arguments(words)).perform(sampleAttempt())
    guard case .retry(let reason, nil) = report.outcome else {
      Issue.record("\(report)")
      return nil
    }
    #expect(report.code == nil)
    return reason
  }

  @Test func missingFile() async throws {
    #expect(try await reason("./nope.sh") == "no such file: ./nope.sh (relative to \(folder.path))")
    #expect(try await reason("/no/such/file") == "no such file: /no/such/file")
  }

  @Test func missingProgram() async throws {
    #expect(
      try await reason("no-such-program-here")
        == "no program no-such-program-here in PATH (/usr/local/bin:/usr/bin:/bin)")
  }

  @Test func notExecutable() async throws {
    try folder.script("plain.sh", "#!/bin/sh\n", mode: 0o644)
    #expect(try await reason("./plain.sh") == "not executable: chmod +x \(folder.path)/plain.sh")
  }

  @Test func aFolder() async throws {
    #expect(try await reason("../") == "a folder, not a program: ../ (relative to \(folder.path))")
  }

  @Test func noFirstLine() async throws {
    try folder.script("bare.sh", "echo hello\n")
    #expect(
      try await reason("./bare.sh")
        == "./bare.sh is no program: a script needs a first line such as #!/bin/sh")
  }

  @Test func noInterpreter() async throws {
    try folder.script("odd.sh", "#!/no/such/shell\n")
    #expect(
      try await reason("./odd.sh")
        == "./odd.sh cannot be started: the program that its first line (#!) names is missing")
  }

  @Test func noFolder() async throws {
    var settings = folder.settings(.shell("exit 0"))
    settings.folder = "/no/such/folder"
    let hook = CommandHook(settings, timeout: .seconds(600), time: ManualTime(), environment: testEnvironment)
    let reason = try await hook.perform(sampleAttempt()).reason
    #expect(reason == "cannot run in the folder /no/such/folder: No such file or directory")
  }

  @Test func aBareNameIsFoundInTheScriptsOwnPath() async throws {
    try folder.script("greet", "#!/bin/sh\necho hi\n")
    var settings = folder.settings(.arguments(["greet"]))
    settings.environment = [("PATH", Secret("/usr/bin:/bin:" + folder.path))]
    let hook = CommandHook(settings, timeout: .seconds(600), time: ManualTime(), environment: testEnvironment)
    #expect(try await hook.perform(sampleAttempt()).detail == "hi")
  }
}
