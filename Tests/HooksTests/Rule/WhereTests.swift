import Model
import TestSupport
import Testing

@testable import Hooks

@Suite struct WhereTests {
  static let event = sampleEvent(
    labels: ["project": "demo", "team.lead": "ada", "tilde": "~x"],
    task: #"""
      {"failureCode":"SAFETY.INPUT.TEXT","n":1.50,"big":12345678901234567890,"ok":true,"none":null,
       "output":["https://x/1.mp4","https://x/2.png"],"deep":{"list":[{"a":1},{"a":"two"}],"x.y":1},
       "text":"naïve \"quoted\"\n","empty":""}
      """#)

  @Test(
    arguments: [
      ("{source: runway}", true), ("{source: kling}", false), ("{source: [kling, runway]}", true),
      ("{source: ~^run}", true), ("{id: d0658ae1}", true), ("{id: d0658}", false), ("{id: ~d0658}", true),
      ("{status: SUCCEEDED}", true), ("{status: succeeded}", false), ("{state: succeeded}", true),
      ("{previous_status: RUNNING}", true), ("{type: task.succeeded}", true), ("{type: succeeded}", true),
      ("{type: [failed, lost]}", false), ("{labels.project: demo}", true), ("{labels.project: dem}", false),
      ("{labels.team.lead: ada}", true), ("{labels.none: ''}", false), ("{labels.none: ~.*}", false),
      ("{labels.tilde: ['~x']}", true), ("{labels.tilde: '~~x'}", true),
      ("{labels.project: ['~dem']}", false),
      ("{task.failureCode: SAFETY.INPUT.TEXT}", true), ("{task.failureCode: '~^SAFETY\\.'}", true),
      ("{task.failureCode: '~INPUT'}", true), ("{task.failureCode: '~^INPUT'}", false),
      ("{task.n: 1.50}", true), ("{task.n: 1.5}", false), ("{task.n: '1.50'}", true),
      ("{task.big: 12345678901234567890}", true), ("{task.ok: true}", true), ("{task.ok: yes}", false),
      ("{task.none: 'null'}", true), ("{'task.output[0]': https://x/1.mp4}", true),
      ("{'task.output[1]': '~mp4'}", false), ("{'task.output[*]': '~png$'}", true),
      ("{'task.output[9]': '~.'}", false), ("{'task.deep.list[1].a': two}", true),
      ("{'task.deep.list[*].a': 1}", true), ("{task.output: '~1\\.mp4'}", true),
      ("{task.missing: '~.*'}", false), ("{task.failureCode.more: '~.*'}", false),
      ("{task.text: \"~na\u{EF}ve .quoted.$\"}", true), ("{task.empty: ''}", true),
      ("{source: runway, labels.project: demo, task.ok: true}", true),
      ("{source: runway, labels.project: other, task.ok: true}", false), ("{}", true),
      ("{labels.project: '~(?i)DEMO'}", true), ("{labels.project: '~\\bdemo\\b'}", true),
    ])
  func fits(conditions: String, expected: Bool) throws {
    let reading = HookReading.rule("on: done\nwhere: \(conditions)")
    #expect(reading.errors == [])
    #expect(try #require(reading.rule).fits(Self.event) == expected)
  }

  @Test func eventsWithoutATaskOrWithBrokenJSONFitNoTaskCondition() throws {
    let rule = try #require(HookReading.rule("on: [done, source.down]\nwhere: {task.ok: '~.*'}").rule)
    #expect(!rule.fits(sampleEvent(task: nil)))
    #expect(!rule.fits(sampleEvent(task: "{broken")))
    #expect(rule.fits(Self.event))
  }

  @Test(
    arguments: [
      (
        "{sorce: runway}",
        "2:9: where.sorce: no path in an event begins with this word; did you mean \"source\"? Expected: source, "
          + "labels.NAME, task.PATH, id, status, state, previous_status, type or hook"
      ),
      (
        "{label.x: a}",
        "2:9: where.\"label.x\": no path in an event begins with this word; did you mean \"labels.x\"?"
      ),
      ("{labels: a}", "2:9: where.labels: labels needs a name. Expected: labels.NAME"),
      ("{task: a}", "2:9: where.task: task needs a path. Expected: a path such as task.failureCode"),
      ("{task.a..b: a}", "2:9: where.\"task.a..b\": a path has an empty name in it"),
      ("{'task.a[x]': a}", "2:9: where.\"task.a[x]\": a path has a number or * in brackets, not \"x\""),
      ("{source.name: a}", "2:9: where.\"source.name\": source has no parts. Expected: source alone"),
      (
        "{source: runwy}",
        "2:17: where.source: \"runwy\" is no source; did you mean \"runway\"? Expected: runway, kling"
      ),
      ("{source: [runway, klng]}", "2:26: where.source[1]: \"klng\" is no source; did you mean \"kling\"?"),
      ("{state: SUCCEEDED}", "2:16: where.state: \"SUCCEEDED\" is no state; did you mean \"succeeded\"?"),
      (
        "{type: task.suceeded}",
        "2:15: where.type: \"task.suceeded\" is no event type; did you mean \"task.succeeded\"?"
      ),
      ("{id: '~a(b'}", "2:13: where.id: not a regular expression: expected ')'"),
      ("{id: []}", "2:13: where.id: the list is empty. Expected: a value, a list of values, or ~"),
      ("{id: {a: b}}", "2:13: where.id: a mapping stands here. Expected: a value, a list"),
      ("{id: [[a]]}", "2:14: where.id[0]: a list stands here. Expected: a value"),
      ("{id: }", "2:13: where.id: nothing stands here. Expected: a value"),
      ("{id: ~}", "2:13: where.id: nothing stands here. Expected: a value"),
      ("[a]", "2:8: where: a list stands here. Expected: a mapping of paths"),
    ])
  func mistakes(conditions: String, error: String) {
    let reading = HookReading.rule("on: done\nwhere: \(conditions)")
    #expect(reading.errors.count == 1)
    #expect(reading.errors.first?.hasPrefix(error) == true, "\(reading.errors)")
    #expect(reading.rule == nil)
  }

  @Test func aPatternThatTakesAgesIsGivenUp() throws {
    let pattern = try TextPattern("(a+)+$")
    #expect(pattern.isFound(in: "aaa"))
    let began = ContinuousClock.now
    #expect(!pattern.isFound(in: String(repeating: "a", count: 60) + "b"))
    #expect(began.duration(to: .now) < .seconds(5))
  }

  @Test func longTextsAreSearchedToABound() throws {
    let pattern = try TextPattern("needle")
    #expect(pattern.isFound(in: String(repeating: "x", count: 60_000) + "needle"))
    #expect(!pattern.isFound(in: String(repeating: "x", count: 70_000) + "needle"))
  }
}
