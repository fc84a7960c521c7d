import Foundation
import TestSupport
import Testing

/// Webhooks that tasks have of their own, through the API of a real daemon.
@Suite struct CallbackTests {
  private static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

  /// `POST /v1/tasks`: the status and the body.
  private func post(_ body: String, to address: String, in place: Workspace) async throws -> (Int, JSON) {
    let finished = try await place.finish(
      place.start(
        program: "/usr/bin/curl",
        [
          "-sS", "-w", "\n%{http_code}", "-H", "content-type: application/json", "-d", body,
          address + "/v1/tasks",
        ]))
    let lines = finished.stdout.split(separator: "\n")
    return (Int(lines.last ?? "") ?? 0, JSON(lines.dropLast().joined(separator: "\n")))
  }

  @Test func aCallbackGetsItsTasksEventsSignedOverARestart() async throws {
    try await Workspace.use { place in
      let step = Flag(false)
      let api = try ScriptedTaskAPI { id, _ in ScriptedTaskAPI.task(id, step.isSet ? "SUCCEEDED" : "RUNNING")
      }
      let mine = try TestReceiver()
      let everyones = try TestReceiver()
      try place.config(
        """
        sources: {runway: {provider: runway, base_url: "\(api.url)", poll: {every: 100ms}}}
        tasks: [other]
        hooks: {all: {on: done, webhook: {url: "\(everyones.url())"}}}
        server: {listen: "127.0.0.1:0", callbacks: {allow: [127.0.0.0/8]}}
        """)
      let first = try await place.daemon()
      let address = try await RemoteTests.address(of: first)
      let (status, task) = try await post(
        #"{"id":"t1","callback":{"url":"\#(mine.url("/mine?key=canary-5512"))","secret":"\#(Self.secret)"}}"#,
        to: address, in: place)
      #expect(status == 201)
      #expect(task["callback"]["url"].text?.hasPrefix("http://127.0.0.1:") == true)
      #expect(!"\(task)".contains("canary-5512") && !"\(task)".contains("whsec_"))
      await eventually { mine.types(of: "t1") == ["task.running"] }
      // Another comes for a task that is watched; and one that asks for the end alone.
      let (again, _) = try await post(
        #"{"id":"other","callback":{"url":"\#(mine.url("/other"))","on":["done"]}}"#, to: address, in: place)
      #expect(again == 200)
      await place.stop(first)
      step.set()
      let second = try await place.daemon()
      await eventually { mine.accepted.count == 3 && everyones.accepted.count == 2 }
      #expect(mine.types(of: "t1") == ["task.running", "task.succeeded"])
      #expect(mine.types(of: "other") == ["task.succeeded"])
      let signed = mine.accepted.filter { $0.task == "t1" }
      #expect(signed.allSatisfy { $0.header("webhook-signature")?.hasPrefix("v1,") == true })
      #expect(mine.accepted.first { $0.task == "other" }?.header("webhook-signature") == nil)
      let deliveries = try await place.finish(place.start(["deliveries", "--json"])).stdout
      #expect(!deliveries.contains("canary-5512") && deliveries.contains("callback:http://127.0.0.1"))
      #expect(!(first.stderr + second.stderr).contains("canary-5512"))
      await place.stop(second)
    }
  }

  @Test func callbacksReachNoPrivatePlaceWhateverTheirNameIs() async throws {
    try await Workspace.use { place in
      let api = try ScriptedTaskAPI { id, _ in ScriptedTaskAPI.task(id, "SUCCEEDED") }
      let inside = try TestReceiver()
      try place.config(
        """
        sources: {runway: {provider: runway, base_url: "\(api.url)", poll: {every: 100ms}}}
        hooks: {}
        server: {listen: "127.0.0.1:0"}
        """)
      let daemon = try await place.daemon()
      let address = try await RemoteTests.address(of: daemon)
      for url in [
        "http://127.0.0.1:\(inside.port)/", "http://[::1]/", "http://169.254.169.254/latest",
        "http://10.0.0.1/",
        "http://[::ffff:127.0.0.1]/", "ftp://example.com/", "file:///etc/passwd",
      ] {
        let (status, problem) = try await post(
          #"{"id":"x","callback":{"url":"\#(url)"}}"#, to: address, in: place)
        #expect(status == 422, "\(url)")
        #expect(problem["errors"].items.first?["pointer"].text == "/callback/url", "\(problem)")
      }
      #expect(try await place.json("tasks").isEmpty, "a task whose callback is refused is not watched")
      // A name is judged by the address that is connected to.
      let (status, _) = try await post(
        #"{"id":"t1","callback":{"url":"http://localhost:\#(inside.port)/"}}"#, to: address, in: place)
      #expect(status == 201)
      try await eventually {
        try await place.json("deliveries").first?["last_error"].text?.contains("loopback") == true
      }
      #expect(inside.deliveries.isEmpty)
      await place.stop(daemon)
    }
  }

  @Test func aDeadCallbackServerSlowsNoOther() async throws {
    try await Workspace.use { place in
      let api = try ScriptedTaskAPI { id, _ in ScriptedTaskAPI.task(id, "SUCCEEDED") }
      let hanging = try TestReceiver { _, _ in .script([.hang]) }
      let mine = try TestReceiver()
      try place.config(
        """
        sources: {runway: {provider: runway, base_url: "\(api.url)", poll: {every: 100ms, rate: 1000/s}}}
        hooks: {all: {on: done, run: [cat]}}
        server: {listen: "127.0.0.1:0", callbacks: {allow: [127.0.0.1]}}
        """)
      let daemon = try await place.daemon()
      let address = try await RemoteTests.address(of: daemon)
      let tasks = (0..<100).map { number in
        let url = number < 60 ? hanging.url() : mine.url()
        return #"{"id":"t\#(number)","callback":{"url":"\#(url)"}}"#
      }
      let (status, _) = try await post("[\(tasks.joined(separator: ","))]", to: address, in: place)
      #expect(status == 201)
      await eventually { mine.accepted.count == 40 }
      try await eventually {
        try await place.json("deliveries", "--hook", "all", "--state", "delivered").count == 100
      }
      daemon.signal(SIGTERM)
      _ = await daemon.wait(within: .seconds(60))
    }
  }
}
