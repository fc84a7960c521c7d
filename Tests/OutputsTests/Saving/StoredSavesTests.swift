import Foundation
import Model
import Storage
import TestSupport
import Testing

@testable import Outputs

/// On the real store: hooks wait for the copies, and are told of them.
@Suite struct StoredSavesTests {
  /// Has a task succeed with these outputs, its hook waiting for them.
  private static func succeed(_ id: String, _ urls: [String], _ bench: SaveBench) async throws {
    let ref = TaskRef(source: "runway", id: id)
    guard case .added(var record) = try await bench.store.register([NewTask(ref: ref)], mark: nil).first
    else {
      throw CancellationError()
    }
    record.status = "SUCCEEDED"
    record.state = .succeeded
    record.sequence = 1
    record.ending = .terminal
    let event = Event(
      type: .task(.succeeded), source: ref.source, taskID: id, sequence: 1, timestamp: bench.time.wall,
      status: "SUCCEEDED", state: .succeeded, task: Array(sampleTask.utf8))
    let order = SaveOrder(outputs: urls.map { TaskOutput(url: $0) }, holds: true)
    try await bench.store.commit([.task(record, [BoundEvent(event, hooks: ["archive"], save: order)])])
  }

  private static func claim(_ bench: SaveBench) async throws -> [ClaimedDelivery] {
    try await bench.store.claim(
      hook: "archive", limit: 10, bodies: .all(bytes: 1 << 20), held: [], now: bench.time.now
    ).deliveries
  }

  private static func deliver(_ delivery: ClaimedDelivery, _ bench: SaveBench) async throws {
    let attempt = AttemptRecord(
      number: 1, at: bench.time.wall, duration: .zero, error: nil, code: 200, detail: "")
    try await bench.store.settle([
      Settlement(row: delivery.row, hook: "archive", result: .delivered, attempt: attempt)
    ])
  }

  @Test(arguments: [true, false])
  func hooksWaitForTheCopies(isGood: Bool) async throws {
    let store = try SQLiteStore.inMemory(time: ManualTime())
    let bench = try SaveBench(store: store)
    let server = try LoopbackServer { isGood ? FileAnswer.file(content(9), to: $0) : .respond(451) }
    try await Self.succeed("a", [server.url()], bench)
    #expect(try await Self.claim(bench).isEmpty)
    if !isGood { bench.renewer.script(.outputs([TaskOutput(url: server.url("/again"))])) }
    await bench.run(bench.saver(try bench.settings(), router: FixedRouter(["archive"])))
    bench.time.advance(by: .seconds(1))
    let first = try await Self.claim(bench)
    #expect(first.map(\.event.type) == [.task(.succeeded)])
    #expect(first.first?.event.files.map(\.path) == (isGood ? [bench.target + "/a/0.mp4"] : []))
    try await Self.deliver(try #require(first.first), bench)
    let second = try await Self.claim(bench)
    #expect(second.map(\.event.type) == [isGood ? .saved : .saveFailed])
    #expect(second.first?.event.files == first.first?.event.files)
    #expect(second.first?.event.sequence == 2 && second.first?.event.task == Array(sampleTask.utf8))
    #expect(bench.settled.map(\.event.event.sequence) == [2])
    #expect(try await store.pendingSaves(after: 0, limit: 10).isEmpty)
  }

  @Test func whatFailedIsSavedOnceItIsOrderedAgain() async throws {
    let store = try SQLiteStore.inMemory(time: ManualTime())
    let bench = try SaveBench(store: store)
    let server = try LoopbackServer { request in
      request.target == "/bad" ? .respond(451) : FileAnswer.file(Array(request.target.utf8), to: request)
    }
    try await Self.succeed("a", [server.url("/good"), server.url("/bad")], bench)
    bench.renewer.script(
      .outputs([TaskOutput(url: server.url("/good")), TaskOutput(url: server.url("/bad"))]))
    let settings = try bench.settings()
    var event = await bench.run(bench.saver(settings))
    #expect(event?.type == .saveFailed && event?.files.count == 1)
    let ref = TaskRef(source: "runway", id: "a")
    let renewed = ["/good?2", "/better"].map { TaskOutput(url: server.url($0)) }
    #expect(try await store.save(ref, outputs: renewed))
    event = await bench.run(bench.saver(settings))
    #expect(event?.type == .saved && event?.sequence == 3)
    #expect(event?.files.map(\.url) == [server.url("/good"), server.url("/better")])
    #expect(server.requests.map(\.target).filter { $0.hasPrefix("/good") } == ["/good"])
    #expect(bench.files == ["a/0.mp4", "a/1.mp4"])
  }

  @Test func aStateFileIsTakenUpByTheNextProcess() async throws {
    let path = NSTemporaryDirectory() + "outputs-" + UUID().uuidString + ".db"
    defer { for end in ["", "-wal", "-shm", ".lock"] { unlink(path + end) } }
    let bytes = content(500_000)
    let server = try LoopbackServer { request in
      FileAnswer.first(request) == nil
        ? .script([
          .send(
            "HTTP/1.1 200 OK\r\nContent-Length: 500000\r\nETag: \"v1\"\r\nContent-Type: video/mp4\r\n\r\n"),
          .sendBytes(Array(bytes.prefix(200_000))), .hang,
        ]) : FileAnswer.file(bytes, to: request)
    }
    var store = try SQLiteStore.open(path: path, role: .daemon, time: ManualTime())
    let bench = try SaveBench(store: store)
    try await Self.succeed("a", [server.url()], bench)
    let first = bench.saver(try bench.settings())
    await first.start()
    await eventually {
      guard case .partial = try? await store.pendingSaves(after: 0, limit: 1).first?.files[0] else {
        return false
      }
      return bench.observer.words.last?.bytes ?? 0 > 0
    }
    await first.stop()
    try await store.close()
    store = try SQLiteStore.open(path: path, role: .daemon, time: ManualTime())
    let again = try SaveBench(store: store, folder: bench.folder)
    let event = await again.run(again.saver(try again.settings()))
    #expect(event?.type == .saved && again.bytes("a/0.mp4") == bytes)
    #expect(server.requests.count == 2 && server.requests.last.flatMap { FileAnswer.first($0) } ?? 0 > 0)
    try await store.close()
  }
}
