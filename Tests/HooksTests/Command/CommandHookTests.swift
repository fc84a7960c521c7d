import Foundation
import Model
import TestSupport
import Testing

@testable import Hooks

/// Real programs, with every fault a script can have.
@Suite struct CommandHookTests {
  let folder: ScriptFolder

  init() throws { folder = try ScriptFolder() }

  @Test(
    arguments: [
      ("exit 0", .delivered, 0), ("exit 1", .retry(reason: "exit 1"), 1),
      ("exit 63", .retry(reason: "exit 63"), 63), ("exit 79", .retry(reason: "exit 79"), 79),
      ("exit 64", .dead(reason: "exit 64 (EX_USAGE: no use trying again)"), 64),
      ("exit 78", .dead(reason: "exit 78 (EX_CONFIG: no use trying again)"), 78),
      ("exit 75", .retry(reason: "exit 75 (EX_TEMPFAIL: try again later)"), 75),
      ("exit 127", .retry(reason: "exit 127 (command not found)"), 127),
      ("kill -KILL $$", .retry(reason: "killed by SIGKILL"), nil),
      ("kill -SEGV $$", .retry(reason: "killed by SIGSEGV"), nil),
    ] as [(String, Outcome, Int?)])
  func endings(script: String, outcome: Outcome, code: Int?) async throws {
    let report = try await folder.shell(script).perform(sampleAttempt())
    #expect(report.outcome == outcome)
    #expect(report.code == code)
  }

  @Test func theTaskArrivesOnStandardInput() async throws {
    try folder.script("keep.sh", "#!/bin/sh\ncat > stdin.json\n")
    let report = try await folder.hook(.arguments(["./keep.sh"])).perform(sampleAttempt())
    #expect(report == AttemptReport(.delivered, code: 0))
    #expect(folder.text("stdin.json") == sampleTask)
  }

  @Test func theEventArrivesOnStandardInput() async throws {
    var settings = folder.settings(.shell("cat > stdin.json"))
    settings.stdin = .event
    let hook = CommandHook(settings, timeout: .seconds(600), time: ManualTime(), environment: [:])
    #expect(try await hook.perform(sampleAttempt()).outcome == .delivered)
    #expect(
      folder.text("stdin.json")
        == String(decoding: EventBody.event.render(.event(sampleEvent())), as: UTF8.self))
  }

  @Test func argumentsAreLeftAlone() async throws {
    try folder.script("args.sh", "#!/bin/sh\nprintf '<%s>' \"$@\"\n")
    let hook = folder.hook(.arguments(["./args.sh", "a b", "$HOME", "*", "", "'\"", "./x"]))
    #expect(try await hook.perform(sampleAttempt()).detail == "<a b><$HOME><*><><'\"><./x>")
  }

  @Test func theEnvironmentIsExactlyThis() async throws {
    var settings = folder.settings(.arguments(["env"]))
    settings.environment = [("COLOR", Secret("red")), ("HOME", Secret("/elsewhere"))]
    let hook = CommandHook(
      settings, timeout: .seconds(600), time: ManualTime(), environment: testEnvironment)
    let attempt = sampleAttempt(sampleEvent(previous: nil), number: 7)
    let report = try await hook.perform(attempt)
    let lines = Set(report.detail.components(separatedBy: "\\n"))
    #expect(
      lines == [
        "PATH=/usr/local/bin:/usr/bin:/bin", "HOME=/elsewhere", "COLOR=red", "TASKHOOK_EVENT=task.succeeded",
        "TASKHOOK_SOURCE=runway", "TASKHOOK_TASK_ID=d0658ae1", "TASKHOOK_STATUS=SUCCEEDED",
        "TASKHOOK_PREVIOUS_STATUS=", "TASKHOOK_STATE=succeeded", "TASKHOOK_SEQUENCE=3",
        "TASKHOOK_DELIVERY_ID=\(attempt.delivery)", "TASKHOOK_ATTEMPT=7", "TASKHOOK_FILES=[]",
      ])
  }

  @Test func theFilesAreToldAsJSON() async throws {
    var event = sampleEvent()
    event.files = [
      SavedFile(
        url: "https://cdn.example/a?sig='$(x)\"", path: "/out/a\0b.mp4", bytes: 7, sha256: "ab",
        contentType: nil)
    ]
    let report = try await folder.shell(#"printf %s "$TASKHOOK_FILES""#).perform(sampleAttempt(event))
    #expect(
      report.detail
        == #"[{"url":"https://cdn.example/a?sig='$(x)\"","path":"/out/a\u0000b.mp4","bytes":7,"sha256":"ab","#
        + #""content_type":null}]"#)
  }

  @Test func aStatusWithAnyCharactersIsHarmless() async throws {
    let status = "a\0b\nc$(touch pwned)`touch pwned`'\"" + String(repeating: "x", count: 300_000)
    let event = sampleEvent(status: status)
    let report = try await folder.shell(#"printf %s "$TASKHOOK_STATUS" | head -c 10; ls"#)
      .perform(sampleAttempt(event))
    #expect(report.outcome == .delivered)
    #expect(report.detail == "ab\\nc$(touc")
  }

  @Test func itRunsInItsFolderAndInAGroupOfItsOwn() async throws {
    let report = try await folder.shell("pwd -P; ps -o pgid= -p $$ | tr -d ' '; echo $$").perform(
      sampleAttempt())
    let lines = report.detail.components(separatedBy: "\\n")
    try #require(lines.count == 3)
    #expect(lines[0] == URL(fileURLWithPath: folder.path).resolvingSymlinksInPath().path)
    #expect(lines[1] == lines[2])
  }

  @Test func itInheritsNoDescriptorsAndNoSignals() async throws {
    let opened = open("/dev/null", O_RDONLY)
    // A number that the shell's own pipes do not have.
    let leak = fcntl(opened, F_DUPFD, 300)
    defer {
      close(leak)
      close(opened)
    }
    let report = try await folder.shell(
      "ls /proc/$$/fd | tr '\\n' ' '; grep -E '^Sig(Blk|Ign|Cgt)' /proc/self/status"
    )
    .perform(sampleAttempt())
    let lines = report.detail.components(separatedBy: "\\n")
    #expect(lines[0].hasPrefix("0 1 2 "))
    #expect(!lines[0].split(separator: " ").contains(Substring(String(leak))))
    #expect(lines[0].contains("SigBlk:\\t0000000000000000"))
    // 32 and 33 are glibc's own; nobody can set them.
    let ignored = try #require(UInt64(lines[1].suffix(16), radix: 16))
    #expect(lines[1].hasPrefix("SigIgn") && ignored & 0x7FFF_FFFF == 0)
  }

  @Test func aBigTaskThatIsNotReadBlocksNothing() async throws {
    let big = "{\"pad\":\"" + String(repeating: "x", count: 7_000_000) + "\"}"
    let attempt = sampleAttempt(sampleEvent(task: big))
    #expect(try await folder.shell("exit 0").perform(attempt).outcome == .delivered)
    #expect(try await folder.shell("exec 0<&-; sleep 0.2; exit 3").perform(attempt).code == 3)
    #expect(try await folder.shell("head -c 10 >/dev/null").perform(attempt).outcome == .delivered)
    #expect(try await folder.shell("wc -c").perform(attempt).detail == "7000010")
  }

  @Test func aHundredMegabytesOfOutputAreDrained() async throws {
    let report = try await folder.shell(
      "head -c 100000000 /dev/zero | tr '\\0' x; echo problem >&2", limit: 1000
    )
    .perform(sampleAttempt())
    #expect(report.outcome == .delivered)
    let expected =
      "stdout: " + String(repeating: "x", count: 1000) + "… (100000000 bytes in all) stderr: problem"
    #expect(report.detail == expected)
  }

  @Test func childrenThatOutliveTheScriptHoldNothingUp() async throws {
    let script = "sleep 300 & echo $! > child; echo started"
    let report = try await folder.shell(script).perform(sampleAttempt())
    #expect(report == AttemptReport(.delivered, code: 0, detail: "started"))
    let child = try await folder.wait(for: "child")
    #expect(isRunning(child))
    kill(try #require(pid_t(child)), SIGKILL)
  }

  @Test func aChildThatGoesOnWritingHoldsNothingUp() async throws {
    let report = try await folder.shell("yes & echo $! > child").perform(sampleAttempt())
    #expect(report.outcome == .delivered)
    let child = try await folder.wait(for: "child")
    kill(try #require(pid_t(child)), SIGKILL)
  }

  @Test func aScriptThatClosesItsOutputsIsStillWaitedFor() async throws {
    let report = try await folder.shell("exec >&- 2>&- <&-; sleep 0.3; exit 5").perform(sampleAttempt())
    #expect(report.code == 5)
  }

  @Test func secretsAreMaskedAndControlCharactersEscaped() async throws {
    var settings = folder.settings(
      .shell(#"printf 'key=%s \033[31mred\r\n\377' "$API_KEY"; echo "$API_KEY" >&2"#))
    settings.environment = [("API_KEY", Secret("sesame"))]
    settings.secrets = [Secret("sesame")]
    let hook = CommandHook(settings, timeout: .seconds(600), time: ManualTime(), environment: testEnvironment)
    let report = try await hook.perform(sampleAttempt())
    #expect(report.detail == "stdout: key=*** \\x1b[31mred\\r\\n\u{FFFD} stderr: ***")
  }

  @Test func aSecretAtTheLimitDoesNotLeakItsBeginning() async throws {
    var settings = folder.settings(.shell("printf 12345678sesame-and-more"), limit: 12)
    settings.secrets = [Secret("sesame-and-more")]
    let hook = CommandHook(settings, timeout: .seconds(600), time: ManualTime(), environment: testEnvironment)
    #expect(try await hook.perform(sampleAttempt()).detail == "12345678***… (23 bytes in all)")
  }
}
