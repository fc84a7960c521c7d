import TestSupport
import Testing

@Suite struct MainPathTests {
  @Test func aTasksTransitionsAreDelivered() async throws {
    try await Workspace.use { place in
      let api = try ScriptedTaskAPI()
      let receiver = try TestReceiver()
      api.script(
        "one", ScriptedTaskAPI.task("one", "PENDING"), ScriptedTaskAPI.task("one", "RUNNING"),
        ScriptedTaskAPI.task("one", "SUCCEEDED"))
      try place.config(
        """
        sources: {runway: {provider: runway, base_url: "\(api.url)", poll: {every: 100ms}}}
        tasks: [one]
        hooks: {all: {on: change, webhook: {url: "\(receiver.url())"}}}
        """)
      let daemon = try await place.daemon()
      await eventually { receiver.accepted.count >= 3 }
      await place.stop(daemon)
      #expect(receiver.types(of: "one") == ["task.pending", "task.running", "task.succeeded"])
      #expect(api.unscripted.isEmpty)
    }
  }
}
