import Foundation
import TestSupport
import Testing

/// SIGHUP: the config is read again while all goes on.
@Suite struct ReloadTests {
  private func reloads(_ daemon: ChildProcess) -> Int {
    daemon.stderr.components(separatedBy: #""message":"config reloaded""#).count - 1
  }

  @Test func aGoodConfigChangesWhatChangedAndKeepsTheRest() async throws {
    try await Workspace.use { place in
      let step = Flag(false)
      let api = try ScriptedTaskAPI { id, _ in ScriptedTaskAPI.task(id, step.isSet ? "SUCCEEDED" : "RUNNING")
      }
      let other = try ScriptedTaskAPI { id, _ in ScriptedTaskAPI.task(id, "SUCCEEDED") }
      let first = try TestReceiver()
      let second = try TestReceiver()
      let source = #"runway: {provider: runway, base_url: "\#(api.url)", poll: {every: 100ms, rate: 500/s}}"#
      try place.config(
        """
        sources: {\(source)}
        tasks: [t1, t2]
        hooks:
          kept: {on: change, webhook: {url: "\(first.url())"}}
          gone: {on: change, webhook: {url: "\(first.url("/gone"))"}}
        """)
      let daemon = try await place.daemon()
      await eventually { first.accepted.count == 4 }
      try place.config(
        """
        sources:
          \(source)
          more: {provider: runway, base_url: "\(other.url)", poll: {every: 100ms}}
        tasks: [{id: t1, source: runway}, {id: t3, source: more}]
        hooks:
          kept: {on: change, webhook: {url: "\(second.url())"}}
          new: {on: done, run: 'echo "$$TASKHOOK_TASK_ID" >> ran'}
        """)
      daemon.signal(SIGHUP)
      await eventually { reloads(daemon) == 1 }
      step.set()
      await eventually {
        second.accepted.count == 3 && Set(place.read("ran").split(separator: "\n")).count == 3
      }
      #expect(first.accepted.count == 4, "what is gone hears nothing more, and nothing is told twice")
      #expect(second.types(of: "t1") == ["task.succeeded"], "the task was kept, not seen anew")
      #expect(second.types(of: "t3") == ["task.succeeded"])
      let log = daemon.stderr
      #expect(log.contains(#""sources_added":"more""#) && log.contains(#""hooks_removed":"gone""#))
      #expect(log.contains(#""hooks_changed":"kept""#) && log.contains(#""hooks_added":"new""#))
      await place.stop(daemon)
    }
  }

  @Test func aBadConfigIsReportedAndTheOldOneGoesOn() async throws {
    try await Workspace.use { place in
      let step = Flag(false)
      let api = try ScriptedTaskAPI { id, _ in ScriptedTaskAPI.task(id, step.isSet ? "FAILED" : "RUNNING") }
      let receiver = try TestReceiver()
      let good = """
        sources: {runway: {provider: runway, base_url: "\(api.url)", poll: {every: 100ms}}}
        tasks: [t1]
        hooks: {all: {on: change, webhook: {url: "\(receiver.url())"}}}
        """
      try place.config(good)
      let daemon = try await place.daemon()
      await eventually { receiver.accepted.count == 1 }
      let bad: [(String, String)] = [
        (good.replacing("on: change", with: "on: chnage"), "did you mean"),
        (good + "\nstate: elsewhere.db", "state cannot change"),
        ("sources: [", "config.yaml:1"),
      ]
      for (number, (text, told)) in bad.enumerated() {
        try place.config(text)
        daemon.signal(SIGHUP)
        await eventually {
          daemon.stderr.components(separatedBy: "config not reloaded, the old one goes on").count == number
            + 2
        }
        #expect(daemon.stderr.contains(told), "\(daemon.stderr)")
      }
      try FileManager.default.removeItem(atPath: place.path("config.yaml"))
      daemon.signal(SIGHUP)
      await eventually {
        daemon.stderr.components(separatedBy: "config not reloaded, the old one goes on").count == bad.count
          + 2
      }
      step.set()
      await eventually { receiver.accepted.count == 2 }
      #expect(!FileManager.default.fileExists(atPath: place.path("elsewhere.db")))
      await place.stop(daemon)
    }
  }

  @Test func whatWaitsForAReceiverGoesToWhereItHasMoved() async throws {
    try await Workspace.use { place in
      let api = try ScriptedTaskAPI { id, _ in ScriptedTaskAPI.task(id, "SUCCEEDED") }
      let broken = try TestReceiver { _, _ in .respond(500) }
      let mended = try TestReceiver()
      func config(_ url: String) -> String {
        """
        sources: {runway: {provider: runway, base_url: "\(api.url)", poll: {every: 100ms}}}
        tasks: [t1]
        hooks: {all: {on: done, webhook: {url: "\(url)"}, retry: {schedule: [300ms, 300ms, 1h]}, breaker: off}}
        """
      }
      try place.config(config(broken.url()))
      let daemon = try await place.daemon()
      await eventually { broken.deliveries.count >= 1 }
      try place.config(config(mended.url()))
      daemon.signal(SIGHUP)
      await eventually { mended.accepted.count == 1 }
      let delivery = try #require(mended.accepted.first)
      #expect(delivery.id == broken.deliveries[0].id)
      #expect(delivery.attempt == broken.deliveries.count + 1, "the attempts count on")
      await place.stop(daemon)
    }
  }

  @Test func theLevelOfTheLogChanges() async throws {
    try await Workspace.use { place in
      let api = try ScriptedTaskAPI { id, _ in ScriptedTaskAPI.task(id, "RUNNING") }
      func config(_ tasks: String, _ level: String) throws {
        try place.config(
          """
          sources: {runway: {provider: runway, base_url: "\(api.url)", poll: {every: 100ms}}}
          tasks: [\(tasks)]
          hooks: {}
          log: {level: \(level)}
          """)
      }
      try config("t1", "info")
      let daemon = try await place.daemon()
      try config("t1, t2", "error")
      daemon.signal(SIGHUP)
      await eventually { !api.polls(of: "t2").isEmpty }
      try config("t1, t2, t3", "info")
      daemon.signal(SIGHUP)
      await eventually { reloads(daemon) > 0 }
      #expect(reloads(daemon) == 1, "what the first reload had to say was below its level: \(daemon.stderr)")
      await place.stop(daemon)
    }
  }
}
