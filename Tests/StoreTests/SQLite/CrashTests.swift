import Foundation
import GRDB
import Model
import TestSupport
import Testing

@testable import Storage

/// A process that writes is killed at random moments; another one finds everything that was answered.
@Suite struct CrashTests {
  private static let variable = "TASKHOOK_STORE_CRASH_TEST"

  /// Run in the process that is killed. Each line it prints is a commit that was answered.
  @Test(.enabled(if: ProcessInfo.processInfo.environment[variable] != nil))
  func writesUntilItIsKilled() async throws {
    let path = try #require(ProcessInfo.processInfo.environment[Self.variable])
    let time = ManualTime()
    let store = try SQLiteStore.open(path: path, role: .daemon, time: time)
    let bench = Bench(store: store, time: time, openAgain: nil)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for worker in 0..<4 {
        group.addTask {
          for number in 0..<100_000 {
            let id = "\(getpid())-\(worker)-\(number)"
            let record = try await bench.register(id)
            try await bench.advance(record, to: .succeeded, hooks: ["a", "b"])
            let line = Array("done \(id)\n".utf8)
            _ = line.withUnsafeBytes { write(1, $0.baseAddress, $0.count) }
          }
        }
      }
      try await group.waitForAll()
    }
  }

  @Test(.enabled(if: ProcessInfo.processInfo.environment[variable] == nil))
  func whatWasAnsweredIsThereAfterAKill() async throws {
    try await Folder.use { folder in
      let path = folder.path("state.db")
      var random = SplitMix(state: 7)
      var answered: Set<String> = []
      for _ in 0..<4 {
        let output = Pipe()
        let child = Process()
        child.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        child.arguments = ["--testing-library", "swift-testing", "--filter", "writesUntilItIsKilled"]
        child.environment = ProcessInfo.processInfo.environment.merging([Self.variable: path]) { $1 }
        child.standardOutput = output
        child.standardError = FileHandle.nullDevice
        try child.run()
        let enough = Int.random(in: 20..<300, using: &random)
        var text = ""
        while text.components(separatedBy: "\ndone ").count < enough {
          let data = output.fileHandleForReading.availableData
          if data.isEmpty { break }
          text += String(decoding: data, as: UTF8.self)
          if SQLiteStore.holder(of: path) != nil {
            let error = #expect(throws: StoreError.self) {
              _ = try SQLiteStore.open(path: path, role: .daemon, time: ManualTime())
            }
            #expect(
              error?.kind == .held && error?.message.contains("process \(child.processIdentifier)") == true)
          }
        }
        kill(child.processIdentifier, SIGKILL)
        child.waitUntilExit()
        text += String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        // The last line may be cut.
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        let ids = lines.filter { $0.hasPrefix("done ") }.map { String($0.dropFirst(5)) }
        #expect(ids.count >= enough - 2, "\(text.suffix(500))")
        answered.formUnion(ids)

        let store = try SQLiteStore.open(path: path, role: .daemon, time: ManualTime())
        let check = try await store.transactions.read(.slow) {
          try String.fetchAll($0, sql: "PRAGMA integrity_check")
        }
        #expect(check == ["ok"])
        let ended = try await store.tasks(TaskQuery(states: [.succeeded], limit: .max))
        #expect(answered.isSubset(of: ended.map(\.ref.id)))
        // A status, its event and its deliveries are there together or not at all.
        let deliveries = try await store.deliveries(DeliverySelection())
        #expect(deliveries.count == ended.count * 2)
        #expect(Set(deliveries.compactMap(\.taskID)) == Set(ended.map(\.ref.id)))
        try await store.close()
      }
    }
  }
}
