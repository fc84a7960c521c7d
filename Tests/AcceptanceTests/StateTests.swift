import Foundation
import TestSupport
import Testing

/// The state file: whose it is, who may read it, and what happens where it cannot be.
@Suite struct StateTests {
  private func config(_ api: ScriptedTaskAPI, _ more: String = "") -> String {
    """
    sources: {runway: {provider: runway, base_url: "\(api.url)", poll: {every: 100ms}}}
    tasks: [a]
    hooks: {a: {on: done, run: "true"}}
    \(more)
    """
  }

  private func running() throws -> ScriptedTaskAPI {
    try ScriptedTaskAPI { id, _ in ScriptedTaskAPI.task(id, "RUNNING") }
  }

  @Test func onlyItsOwnerMayReadIt() async throws {
    try await Workspace.use { place in
      try place.config(config(try running()))
      let shell = #"umask 000; exec "$0" run"#
      let daemon = try place.start(program: "/bin/sh", ["-c", shell, Taskhook.path])
      await eventually { daemon.stderr.contains("watching") }
      let files = try FileManager.default.contentsOfDirectory(atPath: place.folder)
        .filter { $0.hasPrefix("taskhook.db") }
      #expect(Set(files).isSuperset(of: ["taskhook.db", "taskhook.db-wal"]))
      for file in files {
        let mode = try FileManager.default.attributesOfItem(atPath: place.path(file))[.posixPermissions]
        #expect(mode as? Int == 0o600, "\(file)")
      }
      await place.stop(daemon)
    }
  }

  @Test func aFolderThatCannotBeWrittenIsSaid() async throws {
    try await Workspace.use { place in
      let api = try running()
      try place.config(config(api, "state: missing/taskhook.db"))
      for command in [["run"], ["add", "b"]] {
        let finished = try await place.finish(try place.start(command))
        #expect(finished.status == 73 && finished.stdout == "")
        #expect(finished.stderr.contains(place.path("missing")), "\(finished.stderr)")
      }

      let folder = place.path("locked")
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
      try place.config(config(api, "state: locked/taskhook.db"))
      try FileManager.default.setAttributes([.posixPermissions: 0o555], ofItemAtPath: folder)
      // Root may write everywhere, unless it gives that up.
      let drop = ["--bounding-set", "-dac_override,-dac_read_search", Taskhook.path]
      for command in [["run"], ["add", "b"]] {
        let process =
          geteuid() == 0
          ? try place.start(program: "/usr/bin/setpriv", drop + command) : try place.start(command)
        let finished = try await place.finish(process)
        #expect(finished.status == 73 && finished.stdout == "", "\(finished)")
        #expect(
          finished.stderr.contains("locked") && finished.stderr.contains("ermission"), "\(finished.stderr)")
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
      #expect(api.polls.isEmpty)
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder)
    }
  }

  @Test func aFileThatIsNoStateIsLeftAlone() async throws {
    try await Workspace.use { place in
      let api = try running()
      let garbage: [(name: String, bytes: [UInt8])] = [
        ("text", Array("a diary\n".utf8)), ("zeros", [UInt8](repeating: 0, count: 8192)),
        ("header", Array("SQLite format 3\0".utf8) + [UInt8](repeating: 0xA5, count: 5000)),
        ("random", (0..<20_000).map { _ in UInt8.random(in: 0...255) }),
      ]
      for (name, bytes) in garbage {
        try place.write(name, bytes: bytes, mode: 0o640)
        try place.config(config(api, "state: \(name)"))
        for command in [["run"], ["add", "b"], ["tasks"]] {
          let finished = try await place.finish(try place.start(command))
          #expect(finished.status == 78, "\(name) \(command): \(finished.stderr)")
          #expect(finished.stderr.contains(name) && finished.stdout == "")
        }
        #expect(FileManager.default.contents(atPath: place.path(name)).map(Array.init) == bytes)
        #expect(
          try FileManager.default.attributesOfItem(atPath: place.path(name))[.posixPermissions] as? Int
            == 0o640)
      }
      #expect(api.polls.isEmpty)
      try FileManager.default.createDirectory(
        atPath: place.path("folder"), withIntermediateDirectories: false)
      try place.config(config(api, "state: folder"))
      #expect(try await place.run("run").status == 78)
      try place.config(config(api, "state: postgres://localhost/x"))
      #expect(try await place.run("run").status == 78)
    }
  }

  @Test func aFullDiskLosesNothing() async throws {
    // A limit on the size of files is the nearest to a full disk that needs no rights.
    try await Workspace.use { place in
      let pad = #""pad":"\#(String(repeating: "x", count: 200_000))""#
      let end = Flag()
      let api = try ScriptedTaskAPI { id, _ in
        ScriptedTaskAPI.task(id, end.isSet ? "SUCCEEDED" : "RUNNING", pad)
      }
      let receiver = try TestReceiver()
      let ids = (0..<20).map { "t\($0)" }
      try place.config(
        """
        sources: {runway: {provider: runway, base_url: "\(api.url)", poll: {every: 100ms}}}
        tasks: [\(ids.joined(separator: ", "))]
        hooks: {all: {on: change, webhook: {url: "\(receiver.url())"}}}
        """)
      // In blocks of 512 bytes: 1 MiB, of 4 MB that are to come.
      let shell = #"trap '' XFSZ; ulimit -f 2048; exec "$0" run"#
      let limited = try place.start(program: "/bin/sh", ["-c", shell, Taskhook.path])
      await eventually { limited.stderr.contains("cannot be written") }
      #expect(limited.isRunning)
      for delivery in receiver.deliveries { #expect(delivery.isAccepted) }
      await limited.killHard()
      #expect(Set(receiver.accepted.map(\.id)).count < 20)
      let daemon = try await place.daemon()
      await eventually { Set(receiver.accepted.map(\.id)).count == 20 }
      end.set()
      await eventually { Set(receiver.accepted.map(\.id)).count == 40 }
      for id in ids {
        let types = receiver.types(of: id)
        #expect(
          types.first == "task.running" && types.last == "task.succeeded" && types.count <= 3, "\(types)")
      }
      await place.stop(daemon)
    }
  }
}
