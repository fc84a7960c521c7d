import Foundation
import Model
import TestSupport
import Testing

@testable import Hooks

@Suite struct HookPreviewTests {
  private func preview(_ yaml: String, environment: [String: String] = [:]) throws -> HookPreview {
    let reading = HookReading("on: done\n" + yaml, environment: environment)
    #expect(reading.errors == [])
    let hook = try #require(reading.action).makeHook(
      transport: ScriptedTransport(), time: ManualTime(), environment: ["PATH": "/bin", "HOME": "/root"])
    return hook.preview(sampleAttempt())
  }

  @Test func aWebhook() throws {
    let preview = try preview(
      """
      webhook:
        url: https://example.com/hooks/video
        headers: {X-Key: hush}
        auth: {bearer: hush}
        secret: \(SigningTests.symmetric)
        format: task
      """)
    let lines = preview.lines
    #expect(lines[0] == "POST \(SecretURL("https://example.com/hooks/video"))")
    #expect(lines.contains("authorization: Bearer ***") && lines.contains("X-Key: ***"))
    #expect(lines.contains("webhook-timestamp: 1767225600") && lines.contains("taskhook-attempt: 1"))
    #expect(lines.contains { $0.hasPrefix("webhook-signature: v1,") })
    #expect(lines.last == sampleTask)
    #expect(!lines.description.contains("hush") && !lines.description.contains("/hooks/video"))
  }

  @Test func aCommand() throws {
    let preview = try preview(
      """
      run:
        command: [/bin/echo, "it's", "a b", "", "${TOKEN}"]
        env: {API_KEY: hush}
      """, environment: ["TOKEN": "hush"])
    #expect(preview.action == #"/bin/echo 'it'\''s' 'a b' '' ***"#)
    #expect(
      preview.details == [
        .init("folder", "/etc/hooks"), .init("API_KEY", "***"), .init("HOME", "/root"), .init("PATH", "/bin"),
        .init("TASKHOOK_ATTEMPT", "1"), .init("TASKHOOK_DELIVERY_ID", sampleAttempt().delivery),
        .init("TASKHOOK_EVENT", "task.succeeded"), .init("TASKHOOK_FILES", "[]"),
        .init("TASKHOOK_PREVIOUS_STATUS", "RUNNING"),
        .init("TASKHOOK_SEQUENCE", "3"), .init("TASKHOOK_SOURCE", "runway"),
        .init("TASKHOOK_STATE", "succeeded"),
        .init("TASKHOOK_STATUS", "SUCCEEDED"), .init("TASKHOOK_TASK_ID", "d0658ae1"),
      ])
    #expect(preview.body == Array(sampleTask.utf8))
  }

  @Test func aShellTextAndAMissingProgram() throws {
    #expect(try preview("run: jq . | head").action == "/bin/sh -c 'jq . | head'")
    let missing = try preview("run: [./nope.sh]")
    #expect(missing.details[1] == .init("cannot run now", "no such file: ./nope.sh (relative to /etc/hooks)"))
  }

  @Test func usualTimeouts() throws {
    #expect(HookReading("on: done\nrun: a").action?.usualTimeout == .seconds(600))
    #expect(HookReading("on: done\nwebhook: {url: 'http://x'}").action?.usualTimeout == .seconds(15))
  }
}
