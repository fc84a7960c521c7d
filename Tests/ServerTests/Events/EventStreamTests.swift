import Logging
import Model
import TestSupport
import Testing

@testable import Server

@Suite struct EventStreamTests {
  private static func open(_ bench: ServerBench, _ query: String = "", _ headers: [String] = []) throws
    -> Wire
  {
    let wire = try Wire(port: bench.port)
    let lines = ["GET /v1/events\(query) HTTP/1.1", "Host: \(bench.host)"] + headers
    wire.send(lines.joined(separator: "\r\n") + "\r\n\r\n")
    return wire
  }

  /// The numbers of events: the one that the stream begins with is none's.
  private static func ids(in text: String) -> [Int] {
    let lines = text.utf8.split(separator: 0x0A).map { String(decoding: $0, as: UTF8.self) }
    return zip(lines, lines.dropFirst()).filter { $0.hasPrefix("id: ") && $1.hasPrefix("event: ") }
      .compactMap { Int($0.0.dropFirst(4)) }
  }

  @Test func whatIsRecordedIsTold() async throws {
    try await withServer { bench in
      try await bench.advance(try await bench.register("before"), to: .running)
      let wire = try Self.open(bench)
      let head = try await wire.read(until: "\n\n")
      #expect(head.hasPrefix("HTTP/1.1 200 OK\r\n") && head.contains("Content-Type: text/event-stream\r\n"))
      #expect(
        head.contains("retry: 2000\nid: 1\n\n"), "whoever is cut off before the first event misses none")
      await eventually { bench.metrics.streamClients.value == 1 }
      try await bench.advance(try await bench.register("a"), to: .failed)
      let told = try await wire.read(until: "}\n\n")
      #expect(!told.contains("before"))
      let event = try #require(try await bench.store.events(after: 1, limit: 1).first)
      let body = String(decoding: EventBody.event.render(.event(event.event)), as: UTF8.self)
      #expect(body.contains("\n"))
      #expect(
        told.contains("id: 2\nevent: task.failed\ndata: \(body.replacing("\n", with: " "))\n\n"))
    }
  }

  @Test(arguments: [0, 1, 250, 299, 300]) func aStreamIsTakenUpWhereItBroke(after row: Int) async throws {
    try await withServer { bench in
      var changes: [Change] = []
      for number in 0..<300 {
        let record = try await bench.register("t\(number)")
        changes.append(Self.change(record, at: bench.time.wall))
      }
      try await bench.store.commit(changes)
      let wire = try Self.open(bench, "?task=false", ["Last-Event-ID: \(row)"])
      if row == 300 {
        _ = try await wire.read(until: "\n\n")
        await eventually { bench.metrics.streamClients.value == 1 }
      }
      // The last is recorded while the client catches up, or after.
      try await bench.advance(try await bench.register("last"), to: .failed)
      let told = try await wire.read(until: "\"last\"")
      #expect(Self.ids(in: told) == Array((row + 1)...301))
    }
  }

  private static func change(_ record: TaskRecord, at time: Timestamp) -> Change {
    var after = record
    after.sequence += 1
    after.status = "RUNNING"
    after.state = .running
    let event = Event(
      type: .task(.running), source: record.ref.source, taskID: record.ref.id, sequence: 1, timestamp: time,
      status: "RUNNING", state: .running)
    return .task(after, [BoundEvent(event, hooks: [])])
  }

  @Test(arguments: [
    ("", [1, 2, 3, 4]), ("source=kling", [3]), ("id=a", [1, 2]), ("type=task.failed", [2, 3]),
    ("type=failed&type=running", [1, 2, 3]), ("hook=pipeline", [4]), ("id=a&type=task.failed", [2]),
    ("source=runway", [1, 2]),
  ])
  func eventsAreChosen(query: String, rows: [Int]) async throws {
    try await withServer { bench in
      let first = try await bench.advance(try await bench.register("a"), to: .running)
      try await bench.advance(first, to: .failed, hooks: ["pipeline"])
      try await bench.advance(try await bench.register("b", source: "kling"), to: .failed)
      try await Self.bringDown("pipeline", bench)
      let wire = try Self.open(bench, "?last_event_id=0&\(query)")
      _ = try await wire.read(until: "\n\n")
      // Which is the end of what is read is told by an event that all filters let pass, or by a page.
      let page = try await bench.json("/v1/events?format=json&\(query)")
      #expect(page["events"]?.elements.compactMap { $0["id"]?.number } == rows.map(Double.init))
      if let last = rows.last {
        let other = try Self.open(bench, "?last_event_id=0&\(query)")
        let told = try await other.read(until: "id: \(last)\n")
        #expect(Self.ids(in: told) == rows)
      }
    }
  }

  /// A delivery fails and its hook tells of it.
  private static func bringDown(_ hook: String, _ bench: ServerBench) async throws {
    let claim = try await bench.store.claim(
      hook: hook, limit: 1, bodies: .first(0), held: [], now: bench.time.now)
    let attempt = AttemptRecord(
      number: 1, at: bench.time.wall, duration: .milliseconds(5), error: "HTTP 500", code: 500, detail: "")
    let event = Event(
      type: .hookDown, source: "", hook: hook, taskID: nil, sequence: 0, timestamp: bench.time.wall,
      reason: "HTTP 500")
    try await bench.store.settle([
      Settlement(
        row: claim.deliveries[0].row, hook: hook, result: .retry(at: bench.time.now + .seconds(60)),
        attempt: attempt, events: [BoundEvent(event, hooks: [])])
    ])
  }

  /// As with the number that a client kept of a state that is no more: it and the others miss nothing.
  @Test func aNumberBeyondTheLastIsTheLast() async throws {
    try await withServer { bench in
      let far = try Self.open(bench, "?last_event_id=1000")
      await eventually { bench.metrics.streamClients.value == 1 }
      let usual = try Self.open(bench)
      _ = try await usual.read(until: "\n\n")
      await eventually { bench.metrics.streamClients.value == 2 }
      try await bench.advance(try await bench.register("a"), to: .failed)
      _ = try await far.read(until: "\"a\"")
      _ = try await usual.read(until: "\"a\"")
    }
  }

  @Test func taskObjectsCanBeLeftOut() async throws {
    try await withServer { bench in
      try await bench.advance(try await bench.register("a"), to: .failed, body: #"{"n": 1.50}"#)
      let with = try await Self.open(bench, "?last_event_id=0").read(until: "}\n\n")
      let without = try await Self.open(bench, "?last_event_id=0&task=false").read(until: "}\n\n")
      #expect(with.contains(#""task":{"n": 1.50}}"#))
      #expect(without.contains(#""task":null}"#))
    }
  }

  @Test func aPageIsReadOn() async throws {
    try await withServer { bench in
      for number in 0..<5 { try await bench.advance(try await bench.register("t\(number)"), to: .failed) }
      let first = try await bench.json("/v1/events?limit=2", headers: ["Accept: application/json"])
      #expect(first["events"]?.elements.compactMap { $0["id"]?.number } == [1, 2])
      let event = try #require(first["events"]?[0])
      #expect(event["type"]?.string == "task.failed" && event["data"]?["id"]?.string == "t0")
      let next = try #require(first["next"]?.string)
      let second = try await bench.json("/v1/events?format=json&cursor=\(next)")
      #expect(second["events"]?.elements.compactMap { $0["id"]?.number } == [3, 4, 5])
      let end = try #require(second["next"]?.string)
      #expect(try await bench.json("/v1/events?format=json&cursor=\(end)")["next"]?.string == end)
      for query in [
        "cursor=x", "type=nope", "last_event_id=x", "last_event_id=-1", "task=maybe", "format=xml", "limit=0",
      ] {
        #expect(try await bench.get("/v1/events?\(query)").status == 400, "\(query)")
      }
      #expect(try await bench.get("/v1/events", headers: ["Last-Event-ID: x"]).status == 400)
    }
  }

  @Test func aStreamThatIsStillSignsThatItLives() async throws {
    let time = ManualTime()
    try await withServer(time: time) { bench in
      let wire = try Self.open(bench)
      _ = try await wire.read(until: "\n\n")
      await eventually { bench.metrics.streamClients.value == 1 }
      for _ in 0..<3 {
        await eventually { time.sleepers == 1 }
        time.advance(by: .seconds(5))
      }
      _ = try await wire.read(until: ": keep-alive\n\n")
    }
  }

  @Test func whoDoesNotReadIsCutOff() async throws {
    let time = ManualTime()
    try await withServer(patience: EventClient.Patience(bytes: .max, time: .seconds(10)), time: time) {
      bench in
      let stuck = try Self.open(bench)
      let reading = try Self.open(bench)
      await eventually { bench.metrics.streamClients.value == 2 }
      _ = try await reading.read(until: "\n\n")
      // More than the sockets hold between them; the reader takes it all.
      async let told = reading.read(until: "\"t39\"")
      let large = "\"" + String(repeating: "x", count: 500_000) + "\""
      for number in 0..<40 {
        try await bench.advance(try await bench.register("t\(number)"), to: .failed, body: large)
      }
      // The clock moves as far as the feed waits between two bursts, and no further.
      let turning = Task {
        while !Task.isCancelled {
          if time.sleepers > 1 { time.advance(by: .milliseconds(5)) }
          try? await Task.sleep(for: .milliseconds(1))
        }
      }
      #expect(try await told.contains("\"t39\""))
      turning.cancel()
      await turning.value
      #expect(bench.metrics.streamCutOffs.value == 0)
      time.advance(by: .seconds(11))
      await eventually { bench.metrics.streamCutOffs.value == 1 }
      await eventually { bench.metrics.streamClients.value == 1 }
      _ = try await stuck.readToEnd()
    }
  }

  @Test func tooMuchThatWaitsCutsOffAtOnce() async throws {
    try await withServer(patience: EventClient.Patience(bytes: 1 << 20, time: .seconds(1000))) { bench in
      let stuck = try Self.open(bench)
      let reading = try Self.open(bench)
      await eventually { bench.metrics.streamClients.value == 2 }
      let large = "\"" + String(repeating: "x", count: 500_000) + "\""
      for number in 0..<40 {
        try await bench.advance(try await bench.register("t\(number)"), to: .failed, body: large)
        _ = try await reading.read(until: "\"t\(number)\"")
      }
      await eventually { bench.metrics.streamCutOffs.value == 1 }
      _ = try await stuck.readToEnd()
    }
  }

  @Test func aClientThatLeavesIsForgotten() async throws {
    try await withServer { bench in
      var wire: Wire? = try Self.open(bench)
      _ = try await wire?.read(until: "\n\n")
      await eventually { bench.metrics.streamClients.value == 1 }
      wire = nil
      await eventually { bench.metrics.streamClients.value == 0 }
    }
  }

  @Test func streamsEndWithTheServer() async throws {
    try await withServer { bench in
      let wire = try Self.open(bench)
      _ = try await wire.read(until: "\n\n")
      await bench.server.stop()
      _ = try await wire.readToEnd()
    }
  }

  /// As where the address changes: the new one serves before the old one stops.
  @Test func streamsOfAnotherServerGoOn() async throws {
    try await withServer { bench in
      let other = Server(
        Server.Settings(listen: ListenAddress(host: "127.0.0.1", port: 0)), control: bench.control,
        metrics: bench.metrics, feed: bench.feed, time: bench.time, log: Logger(label: "test"))
      let port = try await other.start().port
      let old = try Self.open(bench)
      let wire = try Wire(port: port)
      wire.send("GET /v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
      _ = try await wire.read(until: "\n\n")
      await eventually { bench.metrics.streamClients.value == 2 }
      await bench.server.stop()
      _ = try await old.readToEnd()
      try await bench.advance(try await bench.register("a"), to: .failed)
      _ = try await wire.read(until: "\"a\"")
      await other.stop()
      _ = try await wire.readToEnd()
    }
  }
}
