import Foundation
import Model
import TestSupport
import Testing

/// What people hear of a pipeline that fails, and of thousands of tasks that fail at once.
@Suite struct AlertTests {
  @Test func anotherHookTellsThatTheEndpointFailsAndWorksAgain() async throws {
    try await Workspace.use { place in
      let api = try ScriptedTaskAPI { id, number in
        ScriptedTaskAPI.task(id, number < 3 ? "RUNNING" : "SUCCEEDED")
      }
      let isBroken = Flag(true)
      let pipeline = try TestReceiver { request, _ in
        if isBroken.isSet { return .respond(500, body: "sorry") }
        return .respond(JSON(request.body)["data"]["id"].text == "bad" ? 422 : 200)
      }
      let alerts = try TestReceiver()
      let slack = try TestReceiver { _, _ in .respond(200, body: "ok") }
      try place.config(
        """
        sources: {runway: {provider: runway, base_url: "\(api.url)", poll: {every: 100ms}}}
        tasks: [a, b, c]
        hooks:
          pipeline:
            on: change
            webhook: {url: "\(pipeline.url("/hook"))"}
            retry: {attempts: 100, first: 100ms, most: 200ms}
            breaker: {after: 3, probe: 200ms}
          alerts: {on: [hook.down, hook.up, delivery.dead], where: {hook: pipeline}, webhook: {url: "\(alerts.url("/"))"}}
          slack: {on: [hook.down, hook.up], slack: "\(slack.url("/services/secret"))", rate: 100/s}
        """)
      let daemon = try await place.daemon()
      await eventually { alerts.deliveries.count == 1 }
      let noted = try await place.run("tasks")
      #expect(noted.stderr.contains("hook pipeline is down: "), "\(noted.stderr)")
      isBroken.clear()
      await eventually { alerts.deliveries.count == 2 && slack.deliveries.count == 2 }
      #expect(try await place.run("add", "bad").status == 0)
      await eventually { alerts.deliveries.count == 4 }
      await place.stop(daemon)

      #expect(alerts.deliveries.map(\.type) == ["hook.down", "hook.up", "delivery.dead", "delivery.dead"])
      for (index, told) in alerts.deliveries.enumerated() {
        let data = told.json["data"]
        #expect(data["id"].isNull && data["source"].isNull && data["task"].isNull)
        #expect(data["hook"].text == "pipeline" && data["sequence"].integer == index + 1)
      }
      #expect(alerts.deliveries[0].json["data"]["reason"].text?.contains("500") == true)
      #expect(alerts.deliveries[2].json["data"]["reason"].text?.contains("422") == true)
      let texts = slack.deliveries.map { $0.json["text"].text ?? "" }
      #expect(texts.allSatisfy { $0.contains("pipeline") }, "\(texts)")
      #expect(try await place.run("tasks").stderr == "", "nothing is wrong any more")
      // Each of the three tasks' two transitions came once it worked.
      for id in ["a", "b", "c"] {
        #expect(pipeline.deliveries.filter { $0.isAccepted && $0.task == id }.map(\.sequence) == [1, 2])
      }
    }
  }

  @Test func aThousandFailuresAreAFewMessages() async throws {
    try await Workspace.use { place in
      let count = 1000
      let api = try ScriptedTaskAPI { id, _ in
        ScriptedTaskAPI.task(id, "FAILED", #""failure":"No.","failureCode":"INTERNAL.X""#)
      }
      let slack = try TestReceiver { _, _ in .respond(200, body: "ok") }
      try place.config(
        """
        log: {level: warning}
        sources: {runway: {provider: runway, base_url: "\(api.url)", poll: {rate: 10000/s}}}
        tasks_from: tasks.txt
        hooks:
          slack: {on: FAILED, slack: "\(slack.url("/services/secret"))", digest: {after: 5, every: 2s}}
        """)
      try place.write("tasks.txt", (0..<count).map { "task-\($0)\n" }.joined())
      let daemon = try place.start(["run"])
      try await eventually { try await place.json("deliveries", "--state", "delivered").count == count }
      await place.stop(daemon)

      #expect(slack.deliveries.count < count / 10, "\(slack.deliveries.count) messages")
      let titles = slack.deliveries.map { $0.json["text"].text ?? "" }
      let told = titles.reduce(0) { sum, title in
        sum + (title.firstMatch(of: /(\d+) events/).flatMap { Int($0.1) } ?? 1)
      }
      #expect(told == count, "\(titles)")
      // Every event's own outcome is kept.
      let shown = try await place.run("show", "task-\(count - 1)", "--json")
      let attempts = JSON(shown.stdout)["events"][0]["deliveries"][0]["attempts"]
      #expect(attempts.items.count == 1 && attempts[0]["code"].integer == 200, "\(shown.stdout)")
    }
  }
}
