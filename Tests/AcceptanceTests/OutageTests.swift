import Foundation
import TestSupport
import Testing

/// The receiver is down, first answering 500, then refusing connections, and the daemon is killed before, meanwhile
/// and after: nothing is lost, the order holds, and what comes twice was in flight at a kill.
/// `taskhook-bench outage` does the same for longer.
@Suite struct OutageTests {
  private static let tasks = 200
  private static let steps = 4

  @Test(.timeLimit(.minutes(3))) func anOutageWithKillsLosesNothing() async throws {
    try await Workspace.use { place in
      let lives = Lives(steps: Self.steps)
      let api = try ScriptedTaskAPI { id, _ in ScriptedTaskAPI.task(id, lives.status(of: id)) }
      let isFailing = Flag()
      let before = try Self.receiver {
        isFailing.isSet ? 500 : 200
      }
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
          pipeline:
            on: change
            webhook: {url: "\(before.url())"}
            retry: {attempts: 1000, first: 100ms, most: 500ms}
            breaker: {after: 5, probe: 200ms}
        """)
      var inFlight: [Set<String>] = []

      // Up.
      lives.daemonBegins(share: 0.4)
      var daemon = try place.start(["run"])
      await eventually { before.accepted.count >= Self.tasks / 2 }
      await daemon.killHard()
      inFlight.append(try await Self.inFlight(place, before))

      // Down: nobody is told that a delivery has come that was not taken, nor the other way round.
      lives.daemonBegins(share: 0.6)
      daemon = try place.start(["run"])
      isFailing.set()
      await eventually { before.deliveries.contains { !$0.isAccepted } }
      await daemon.killHard()
      inFlight.append(try await Self.inFlight(place, before))
      let port = before.port
      before.stop()
      lives.daemonBegins(share: 0.8)
      daemon = try place.start(["run"])
      // The tasks go on meanwhile.
      try await eventually { try await place.json("deliveries").count >= Self.tasks * 3 }
      #expect(before.accepted.count < Self.tasks * 3)

      // Up again, and killed in the midst of what had waited.
      let after = try Self.receiver(port: port) {
        usleep(20_000)
        return 200
      }
      await eventually { after.accepted.count >= 40 }
      await daemon.killHard()
      inFlight.append(try await Self.inFlight(place, after, earlier: before))
      lives.daemonBegins(share: 1)
      daemon = try place.start(["run"])
      let expected = Self.tasks * Self.steps
      await eventually { Set((before.accepted + after.accepted).map(\.id)).count == expected }
      await place.stop(daemon)

      check(before.deliveries + after.deliveries, inFlight: inFlight)
      let states = Set(try await place.json("deliveries").map { $0["state"].text })
      #expect(states == ["delivered"])
    }
  }

  /// A receiver at a port that the system gives to nobody while it is closed.
  private static func receiver(
    port: Int? = nil, _ status: @escaping @Sendable () -> Int
  ) throws -> TestReceiver {
    var tries = 0
    while true {
      tries += 1
      do {
        return try TestReceiver(port: port ?? Int.random(in: 20_000...29_999)) { _, _ in .respond(status()) }
      } catch  where port == nil && tries < 20 {
        continue
      }
    }
  }

  /// After a kill: what the receiver accepted and the state does not know as delivered.
  private static func inFlight(
    _ place: Workspace, _ receiver: TestReceiver, earlier: TestReceiver? = nil
  ) async throws -> Set<String> {
    // What the dead daemon had sent is read to its end.
    await eventually { receiver.openConnections == 0 }
    let settled = try await place.json("deliveries", "--state", "delivered").compactMap { $0["id"].text }
    return Set((receiver.accepted + (earlier?.accepted ?? [])).map(\.id)).subtracting(settled)
  }

  private func check(_ all: [TestReceiver.Delivery], inFlight: [Set<String>]) {
    var done: [String: Int] = [:]
    var accepted: [String: Int] = [:]
    for delivery in all {
      let before = done[delivery.task] ?? 0
      #expect(delivery.sequence <= before + 1, "\(delivery.task): \(delivery.sequence) came too early")
      #expect(delivery.json["data"]["status"].text == Lives.status(delivery.sequence, of: Self.steps))
      guard delivery.isAccepted else { continue }
      accepted[delivery.id, default: 0] += 1
      done[delivery.task] = max(before, delivery.sequence)
    }
    #expect(accepted.count == Self.tasks * Self.steps)
    #expect(done.count == Self.tasks && done.values.allSatisfy { $0 == Self.steps })
    for (id, times) in accepted {
      #expect(times <= 1 + inFlight.count { $0.contains(id) }, "\(id) came \(times) times")
    }
  }
}
