import Model
import TestSupport
import Testing

@testable import Hooks

@Suite struct RuleRouterTests {
  private func router(_ rules: [(String, String)]) throws -> RuleRouter {
    try RuleRouter(
      rules.map { name, yaml in
        let reading = HookReading.rule(yaml)
        #expect(reading.errors == [])
        return (name: name, rule: try #require(reading.rule))
      })
  }

  @Test func hooksInTheOrderOfTheConfig() throws {
    let router = try router([
      ("z", "on: SUCCEEDED"), ("never", "on: FAILED"), ("a", "on: done\nwhere: {task.status: SUCCEEDED}"),
      ("other", "on: done\nwhere: {task.status: FAILED}"), ("m", "on: [done, SUCCEEDED, change]"),
    ])
    #expect(router.hooks(for: sampleEvent()) == ["z", "a", "m"])
    #expect(router.hooks(for: sampleEvent(.stalled)) == [])
  }

  @Test(
    arguments: [
      ("on: done", false, false), ("on: change", false, false), ("on: progress", true, true),
      ("on: [done, {progress: 10%}]", true, true), ("on: progress\nwhere: {source: kling}", false, true),
      ("on: progress\nwhere: {source: ~way$}", true, false),
      ("on: done\nwhere: {source: runway}", false, false),
      ("on: [progress, done]\nwhere: {type: succeeded}", false, false),
      ("on: progress\nwhere: {labels.x: y}", true, true),
    ])
  func progressIsWanted(yaml: String, ofRunway: Bool, ofKling: Bool) throws {
    let router = try router([("none", "on: FAILED"), ("hook", yaml)])
    #expect(router.wantsProgress(of: "runway") == ofRunway)
    #expect(router.wantsProgress(of: "kling") == ofKling)
  }

  @Test func noHooks() {
    #expect(RuleRouter([]).hooks(for: sampleEvent()) == [])
    #expect(!RuleRouter([]).wantsProgress(of: "runway"))
  }

  // MARK: Callbacks

  private func callback(_ on: String) -> TaskCallback {
    TaskCallback(url: SecretURL("https://tasks.example/x"), on: on)
  }

  @Test(
    arguments: [
      (#""done""#, ["done", "callback:https://tasks.example"], ["all"]),
      (#"["lost","stalled"]"#, ["done"], ["all", "callback:https://tasks.example"]),
      (#""FAILED""#, ["done"], ["all"]),
    ])
  func aTasksOwnWebhookComesLast(on: String, succeeded: [String], stalled: [String]) throws {
    let router = try router([("done", "on: SUCCEEDED"), ("all", "on: stalled")])
    var event = sampleEvent()
    event.callback = callback(on)
    #expect(router.hooks(for: event) == succeeded)
    event.type = .stalled
    #expect(router.hooks(for: event) == stalled)
  }

  @Test(
    arguments: [
      (#""progress""#, true), (#"[{"progress":"10%"},"done"]"#, true), (#""change""#, false),
      (CallbackRule.usualText, false),
    ])
  func progressIsWantedByCallbacks(on: String, isWanted: Bool) {
    #expect(RuleRouter([]).wantsProgress(callback(on)) == isWanted)
  }
}
