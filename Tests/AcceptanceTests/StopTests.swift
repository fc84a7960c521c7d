import Foundation
import Synchronization
import TestSupport
import Testing

/// Stopping in good order, and that there is only one daemon on a state.
@Suite struct StopTests {
  @Test(arguments: [SIGTERM, SIGINT]) func runningAttemptsFinishAndTheRestIsKept(signal: Int32) async throws {
    try await Workspace.use { place in
      let api = try ScriptedTaskAPI { id, number in
        ScriptedTaskAPI.task(id, number == 1 ? "RUNNING" : "SUCCEEDED")
      }
      // Answers are held back until the daemon has been told to stop.
      let holds = Flag(true)
      let begun = Mutex(0)
      let receiver = try TestReceiver { _, _ in
        begun.withLock { $0 += 1 }
        while holds.isSet { usleep(1000) }
        return .respond(200)
      }
      let ids = (0..<12).map { "t\($0)" }
      try place.config(
        """
        sources: {runway: {provider: runway, base_url: "\(api.url)", poll: {every: 100ms}}}
        tasks: [\(ids.joined(separator: ", "))]
        hooks:
          slow: {on: change, webhook: {url: "\(receiver.url())"}, concurrency: 3}
          script: {on: done, run: 'sleep 1; echo "$$TASKHOOK_TASK_ID" >> ran'}
        """)
      let daemon = try await place.daemon()
      await eventually { begun.withLock { $0 } == 3 }
      daemon.signal(signal)
      await eventually { daemon.stderr.contains("stopping") }
      holds.clear()
      #expect(await daemon.wait() == .exited(0), "\(daemon.stderr)")
      #expect(receiver.deliveries.count == 3, "none was begun after the signal")
      let after = try await place.json("deliveries", "--hook", "slow")
      #expect(after.filter { $0["state"].text == "delivered" }.count == 3, "those that ran are recorded")
      let ran = place.read("ran").split(separator: "\n").count
      #expect(try await place.json("deliveries", "--hook", "script", "--state", "delivered").count == ran)

      let second = try await place.daemon()
      await eventually {
        receiver.deliveries.count >= 24 && place.read("ran").split(separator: "\n").count >= 12
      }
      await place.stop(second)
      #expect(receiver.deliveries.count == 24, "nothing lost, nothing twice")
      #expect(Set(receiver.deliveries.map(\.id)).count == 24)
      #expect(Set(place.read("ran").split(separator: "\n")).count == 12)
    }
  }

  @Test func attemptsThatDoNotEndAreBrokenOffInTime() async throws {
    try await Workspace.use { place in
      let api = try ScriptedTaskAPI { id, _ in ScriptedTaskAPI.task(id, "SUCCEEDED") }
      let stuck = Flag(true)
      let receiver = try TestReceiver { _, _ in stuck.isSet ? .script([.hang]) : .respond(200) }
      try place.config(
        """
        sources: {runway: {provider: runway, base_url: "\(api.url)", poll: {every: 100ms}}}
        tasks: [a]
        hooks:
          web: {on: done, webhook: {url: "\(receiver.url())"}, timeout: 10m}
          script: {on: done, run: '[ -e go ] || sleep 300; echo "$$TASKHOOK_ATTEMPT" >> ran'}
        """)
      let daemon = try await place.daemon()
      await eventually { receiver.deliveries.count == 1 }
      let asked = ContinuousClock.now
      daemon.signal(SIGTERM)
      #expect(await daemon.wait(within: .seconds(30)) == .exited(0))
      let took = ContinuousClock.now - asked
      #expect(took > .seconds(9) && took < .seconds(30), "ten seconds are given: \(took)")
      stuck.clear()
      try place.write("go", "")
      let second = try await place.daemon()
      await eventually { receiver.accepted.count == 1 && place.read("ran") != "" }
      #expect(place.read("ran") == "1\n", "what was broken off does not count as an attempt")
      await place.stop(second)
      #expect(Set(receiver.deliveries.map(\.id)).count == 1)
    }
  }

  @Test func oneStateHasOneDaemon() async throws {
    try await Workspace.use { place in
      let api = try ScriptedTaskAPI { id, _ in ScriptedTaskAPI.task(id, "RUNNING") }
      try place.config(
        """
        sources: {runway: {provider: runway, base_url: "\(api.url)", poll: {every: 100ms}}}
        tasks: [a]
        hooks: {a: {on: done, run: "true"}}
        """)
      let first = try await place.daemon()
      let second = try await place.run("run")
      #expect(second.status == 73 && second.stdout == "")
      #expect(
        second.stderr.contains("in use by another taskhook run: process \(first.pid)"), "\(second.stderr)")
      // By another name it is the same.
      try FileManager.default.createSymbolicLink(
        atPath: place.path("other.db"), withDestinationPath: place.path("taskhook.db"))
      try place.write("other.yaml", place.read("config.yaml") + "\nstate: other.db\n")
      #expect(try await place.run("run", "-c", "other.yaml").status == 73)
      await first.killHard()
      let third = try await place.daemon()
      await place.stop(third)
    }
  }

  @Test func aSignalAsSoonAsItWatchesIsHeeded() async throws {
    try await Workspace.use { place in
      let api = try ScriptedTaskAPI { id, _ in ScriptedTaskAPI.task(id, "RUNNING") }
      try place.config(
        """
        sources: {runway: {provider: runway, base_url: "\(api.url)", poll: {every: 100ms}}}
        tasks: [a]
        hooks: {a: {on: done, run: "true"}}
        """)
      for _ in 0..<5 { await place.stop(try await place.daemon()) }
    }
  }
}
