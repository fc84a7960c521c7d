import Foundation
import Model
import TestSupport
import Testing

/// Receivers that misbehave: what becomes of the delivery, of the others, and of the polls.
@Suite struct ReceiverTests {
  /// An API whose tasks are RUNNING once, then SUCCEEDED.
  private func twoSteps() throws -> ScriptedTaskAPI {
    try ScriptedTaskAPI { id, number in ScriptedTaskAPI.task(id, number == 1 ? "RUNNING" : "SUCCEEDED") }
  }

  private func source(_ api: ScriptedTaskAPI) -> String {
    #"sources: {runway: {provider: runway, base_url: "\#(api.url)", poll: {every: 100ms}}}"#
  }

  @Test func everyKindOfBadReceiverIsDealtWithAndHoldsUpNobody() async throws {
    try await Workspace.use { place in
      let api = try twoSteps()
      let good = try TestReceiver()
      let closed = try TestReceiver()
      closed.stop()
      let elsewhere = try TestReceiver()
      let resets = try TestReceiver { _, number in number <= 2 ? .script([.reset]) : .respond(200) }
      let hangs = try TestReceiver { _, number in number <= 2 ? .script([.hang]) : .respond(200) }
      let slow = try TestReceiver { _, number in
        // A byte now and then does not put the time-out off.
        number > 1
          ? .respond(200)
          : .script(
            [.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")]
              + (0..<40).flatMap { _ in [.send("x"), .pause(.milliseconds(100))] } + [.close])
      }
      let chunk = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 16)
      let floods = try TestReceiver { _, _ in
        .script([
          .send("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n"), .flood(chunk, total: 1_000_000_000),
        ])
      }
      let moved = try TestReceiver { _, number in
        .respond(
          [301, 307][number % 2],
          headers: [HTTPHeader("location", elsewhere.url("/private-path"))])
      }
      let babbles = try TestReceiver { _, number in
        number == 1 ? .script([.send("what?\r\n\r\n"), .close]) : .respond(200)
      }
      func hook(_ name: String, _ receiver: TestReceiver) -> String {
        """
          \(name):
            on: change
            webhook: {url: "\(receiver.url("/\(name)"))"}
            retry: {schedule: [100ms, 100ms, 100ms]}
            timeout: 1s
            concurrency: 1
            breaker: off
        """
      }
      let hooks = [
        hook("closed", closed), hook("resets", resets), hook("hangs", hangs), hook("slow", slow),
        hook("floods", floods), hook("moved", moved), hook("babbles", babbles), hook("good", good),
      ]
      try place.config("\(source(api))\ntasks: [one]\nhooks:\n\(hooks.joined(separator: "\n"))\n")
      let began = ContinuousClock.now
      let daemon = try await place.daemon()
      await eventually { good.accepted.count == 2 && api.polls.count == 2 }
      // By then none of those that hang has even timed out.
      #expect(ContinuousClock.now - began > .seconds(1) || hangs.deliveries.count == 1)
      #expect(try await place.run("add", "two").status == 0)
      await eventually { good.accepted.count == 4 && api.polls.count == 4 }

      try await eventually {
        try await place.json("deliveries").allSatisfy { ["delivered", "dead"].contains($0["state"].text) }
      }
      let all = try await place.json("deliveries")
      let states = { (name: String) in all.filter { $0["hook"].text == name }.map { $0["state"].text } }
      for name in ["good", "resets", "hangs", "slow", "floods", "babbles"] {
        #expect(states(name) == Array(repeating: "delivered", count: 4), "\(name)")
      }
      for name in ["closed", "moved"] {
        #expect(states(name) == Array(repeating: "dead", count: 4), "\(name)")
      }
      let refused = all.filter { $0["hook"].text == "closed" }
      #expect(refused.allSatisfy { $0["attempts"].integer == 4 })
      #expect(refused.allSatisfy { $0["last_error"].text?.hasPrefix("given up after 4 attempts") == true })
      let redirected = all.filter { $0["hook"].text == "moved" }
      #expect(redirected.allSatisfy { $0["attempts"].integer == 1 })
      #expect(
        redirected.allSatisfy { $0["last_error"].text?.contains("redirects are never followed") == true })
      #expect(redirected.allSatisfy { $0["last_error"].text?.contains("private-path") == false })
      #expect(elsewhere.deliveries.isEmpty)
      #expect(floods.deliveries.count == 4, "a long answer is an answer")
      #expect(peakMemory(of: daemon) < 200 << 20)
      let shown = try await place.run("show", "one")
      #expect(shown.stdout.contains("timed out") || shown.stdout.contains("time"), "\(shown.stdout)")
      #expect(shown.stdout.utf8.count < 100_000, "of a long answer little is kept")
      await place.stop(daemon)
    }
  }

  /// SPEC section 6, the table of outcomes.
  @Test func statusesAreWhatTheTableSays() async throws {
    let dead = [300, 301, 302, 303, 304, 307, 308, 400, 405, 411, 413, 414, 415, 422]
    let later = [401, 403, 404, 408, 409, 418, 425, 429, 451, 500, 501, 502, 503, 504, 524, 599]
    let fine = [200, 201, 202, 204, 226, 299]
    try await Workspace.use { place in
      let api = try ScriptedTaskAPI { id, _ in ScriptedTaskAPI.task(id, "SUCCEEDED") }
      let receiver = try TestReceiver { request, _ in
        let first = request.headers["taskhook-attempt"] == "1"
        let code = request.text.firstMatch(of: /"id":"s(\d+)"/).flatMap { Int($0.1) } ?? 500
        return .respond(first ? code : 200)
      }
      let ids = (dead + later + fine).map { "s\($0)" }
      try place.config(
        """
        \(source(api))
        tasks: [\(ids.joined(separator: ", "))]
        hooks:
          all: {on: done, webhook: {url: "\(receiver.url())"}, retry: {schedule: [100ms]}, breaker: off}
        """)
      let daemon = try await place.daemon()
      await eventually { receiver.deliveries.count >= ids.count + later.count }
      try await eventually {
        try await place.json("deliveries").allSatisfy { ["delivered", "dead"].contains($0["state"].text) }
      }
      let ended = Dictionary(
        uniqueKeysWithValues: try await place.json("deliveries").map {
          ($0["task"].text ?? "", "\($0["state"].text ?? "") \($0["attempts"].integer ?? 0)")
        })
      for code in dead { #expect(ended["s\(code)"] == "dead 1", "\(code)") }
      for code in later { #expect(ended["s\(code)"] == "delivered 2", "\(code)") }
      for code in fine { #expect(ended["s\(code)"] == "delivered 1", "\(code)") }
      // Each attempt has a fresh count and the same id and body.
      for (id, attempts) in Dictionary(grouping: receiver.deliveries, by: \.id) {
        #expect(attempts.map(\.attempt) == Array(1...attempts.count), "\(id)")
        #expect(Set(attempts.map(\.body)).count == 1)
      }
      await place.stop(daemon)
    }
  }

  @Test func aDeadHookDelaysNeitherPollsNorOthers() async throws {
    try await Workspace.use { place in
      let api = try twoSteps()
      let good = try TestReceiver()
      let hangs = try TestReceiver { _, _ in .script([.hang]) }
      let ids = (0..<40).map { "t\($0)" }
      try place.config(
        """
        \(source(api))
        tasks: [\(ids.joined(separator: ", "))]
        hooks:
          hangs: {on: change, webhook: {url: "\(hangs.url())"}, timeout: 10m}
          good: {on: change, webhook: {url: "\(good.url())"}}
          script: {on: done, run: 'echo "$$TASKHOOK_TASK_ID" >> ran'}
        """)
      let daemon = try await place.daemon()
      await eventually {
        good.accepted.count == 80 && place.read("ran").split(separator: "\n").count == 40
      }
      // All this while the other hook has its sixteen attempts hanging and no more.
      #expect(hangs.deliveries.count == 16)
      #expect(api.polls.count == 80)
      daemon.signal(SIGKILL)
    }
  }

  @Test func differentTasksDoNotWaitForEachOther() async throws {
    try await Workspace.use { place in
      let api = try twoSteps()
      let receiver = try TestReceiver { request, _ in
        request.text.contains(#""id":"stuck""#) ? .respond(500) : .respond(200)
      }
      try place.config(
        """
        \(source(api))
        tasks: [stuck, a, b, c]
        hooks:
          all: {on: change, webhook: {url: "\(receiver.url())"}, retry: {schedule: [1h]}, breaker: off}
        """)
      let daemon = try await place.daemon()
      await eventually { receiver.accepted.count == 6 }
      let stuck = receiver.deliveries.filter { $0.task == "stuck" }
      #expect(stuck.map(\.type) == ["task.running"], "its second event waits for the first")
      let waiting = try await place.json("deliveries").filter { $0["task"].text == "stuck" }
      #expect(waiting.count == 2 && waiting.allSatisfy { ["ready", "waiting"].contains($0["state"].text) })
      #expect(waiting.contains { $0["next_attempt"].text != nil && $0["attempts"].integer == 1 })
      await place.stop(daemon)
    }
  }

  @Test(arguments: [429, 503]) func retryAfterHoldsTheWholeHook(status: Int) async throws {
    try await Workspace.use { place in
      let api = try twoSteps()
      let receiver = try TestReceiver { _, number in
        number == 1 ? .respond(status, headers: [HTTPHeader("retry-after", "2")]) : .respond(200)
      }
      let other = try TestReceiver()
      try place.config(
        """
        \(source(api))
        tasks: [a, b, c, d]
        hooks:
          held: {on: change, webhook: {url: "\(receiver.url())"}, retry: {schedule: [10ms]}, concurrency: 1}
          other: {on: change, webhook: {url: "\(other.url())"}}
        """)
      let daemon = try await place.daemon()
      await eventually { other.accepted.count == 8 }
      await eventually { receiver.accepted.count == 8 }
      let times = receiver.deliveries.map(\.at)
      #expect(times[1] - times[0] >= .seconds(2), "all wait, not only the one that was told to")
      await place.stop(daemon)
    }
  }

  @Test func retryAfterHoldsOverARestart() async throws {
    try await Workspace.use { place in
      let api = try twoSteps()
      let receiver = try TestReceiver { _, number in
        number == 1 ? .respond(429, headers: [HTTPHeader("retry-after", "3")]) : .respond(200)
      }
      try place.config(
        """
        \(source(api))
        tasks: [a]
        hooks: {held: {on: change, webhook: {url: "\(receiver.url())"}, retry: {schedule: [10ms]}}}
        """)
      let first = try await place.daemon()
      // Not exactly one: where this waits for longer than the pause, there are more.
      await eventually { !receiver.deliveries.isEmpty }
      try await eventually { try await place.json("deliveries").contains { $0["attempts"].integer == 1 } }
      await first.killHard()
      let second = try await place.daemon()
      await eventually { receiver.accepted.count == 2 }
      let times = receiver.deliveries.map(\.at)
      #expect(times[1] - times[0] >= .seconds(3))
      #expect(receiver.types(of: "a") == ["task.running", "task.succeeded"])
      await place.stop(second)
    }
  }

  @Test func aBreakerProbesAndLosesNothing() async throws {
    try await Workspace.use { place in
      let api = try twoSteps()
      let works = Flag()
      let receiver = try TestReceiver { _, _ in .respond(works.isSet ? 200 : 500) }
      let ids = (0..<8).map { "t\($0)" }
      try place.config(
        """
        \(source(api))
        tasks: [\(ids.joined(separator: ", "))]
        hooks:
          spared:
            on: change
            webhook: {url: "\(receiver.url())"}
            retry: {attempts: 20, first: 10ms, most: 10ms}
            concurrency: 1
            breaker: {after: 3, probe: 1s}
        """)
      let daemon = try await place.daemon()
      await eventually { receiver.deliveries.count >= 5 }
      let times = receiver.deliveries.map(\.at)
      for (before, after) in zip(times.dropFirst(2), times.dropFirst(3)) {
        #expect(after - before >= .seconds(1), "one probe a second")
      }
      works.set()
      await eventually { receiver.accepted.count == 16 }
      for id in ids { #expect(receiver.types(of: id) == ["task.running", "task.succeeded"]) }
      #expect(daemon.stderr.contains("breaker opened") && daemon.stderr.contains("breaker closed"))
      await place.stop(daemon)
    }
  }
}
