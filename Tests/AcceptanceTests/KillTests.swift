import Foundation
import TestSupport
import Testing

/// `kill -9` at any moment loses nothing, doubles nothing, and keeps the order.
@Suite struct KillTests {
  private static let tasks = 200
  private static let kills = 50
  /// The statuses of a task, one after the other; it ends with a terminal one.
  private static let steps = 20

  @Test(.timeLimit(.minutes(6))) func nothingIsLostByFiftyKills() async throws {
    try await Workspace.use { place in
      let lives = Lives(steps: Self.steps)
      let api = try ScriptedTaskAPI { id, _ in ScriptedTaskAPI.task(id, lives.status(of: id)) }
      // A third of the requests fail, whoever sends them.
      let receiver = try TestReceiver { _, number in .respond([200, 500, 200][number % 3]) }
      let ids = (0..<Self.tasks).map { "task-\($0)" }
      try place.write("ids.txt", ids.joined(separator: "\n") + "\n")
      try place.config(
        """
        sources:
          runway:
            provider: runway
            base_url: \(api.url)
            poll: {every: 100ms, slowest: 300ms, rate: 1000/s, connections: 8}
        tasks_from: ids.txt
        log: {level: error}
        hooks:
          first: &hook
            on: change
            webhook: {url: "\(receiver.url("/first"))"}
            retry: {attempts: 1000, first: 20ms, most: 100ms}
            concurrency: 8
            breaker: off
          second:
            <<: *hook
            webhook: {url: "\(receiver.url("/second"))"}
        """)
      var generator = SeededRandom(seed: UInt64.random(in: 0...UInt64.max))
      for kill in 0..<Self.kills {
        lives.daemonBegins(share: Double(kill) / Double(Self.kills))
        let daemon = try place.start(["run"])
        // Some die while they start, most in the midst of their work: once that has come so far.
        if kill % 5 > 0 {
          let mark = Self.tasks * Self.steps * 2 * kill * 6 / (Self.kills * 10)
          await eventually { receiver.deliveries.count >= mark || !daemon.isRunning }
        }
        try await Task.sleep(for: .milliseconds(Int.random(in: 30...300, using: &generator)))
        #expect(daemon.isRunning, "\(daemon.stderr)")
        await daemon.killHard()
      }
      let before = receiver.deliveries.count
      lives.daemonBegins(share: 1)
      let last = try place.start(["run"])
      let expected = Self.tasks * Self.steps * 2
      await eventually {
        lives.ended == Self.tasks
          && Set(receiver.accepted.map { $0.request.target + $0.id }).count == expected
      }
      await place.stop(last)
      #expect(before > expected / 2, "the kills came in the midst of work: \(before) requests until the last")
      check(receiver.deliveries, ids: ids)
      let states = Set(try await place.json("deliveries").map { $0["state"].text })
      #expect(states == ["delivered"])
    }
  }

  private func check(_ all: [TestReceiver.Delivery], ids: [String]) {
    var bodies: [String: [UInt8]] = [:]
    var lanes: [String: [(sequence: Int, status: String, type: String, isAccepted: Bool)]] = [:]
    for delivery in all {
      let body = bodies[delivery.id] ?? delivery.body
      #expect(body == delivery.body, "an id always carries the same body")
      bodies[delivery.id] = body
      lanes[delivery.request.target + " " + delivery.task, default: []].append(
        (
          delivery.sequence, delivery.json["data"]["status"].text ?? "", delivery.type, delivery.isAccepted
        ))
    }
    #expect(bodies.count == Self.tasks * Self.steps * 2, "each event has one id for each hook")
    #expect(lanes.count == Self.tasks * 2)
    for (lane, deliveries) in lanes {
      var done = 0
      for delivery in deliveries {
        // An event is first sent when the one before it was accepted; those that were may come once more.
        #expect(
          delivery.sequence <= done + 1, "\(lane): \(delivery.sequence) came before \(done + 1) was accepted")
        #expect(delivery.status == Lives.status(delivery.sequence, of: Self.steps))
        if delivery.isAccepted { done = max(done, delivery.sequence) }
      }
      #expect(done == Self.steps, "\(lane)")
    }
  }
}
