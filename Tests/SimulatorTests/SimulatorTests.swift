import Foundation
import Model
import TestSupport
import Testing

@testable import Simulator

/// On real sockets.
@Suite struct SimulatorTests {
  /// Turns the clock once somebody sleeps on it.
  private func whenSomeoneSleeps(on time: ManualTime, advance duration: Duration) async throws {
    while time.sleepers == 0 { try await Task.sleep(for: .milliseconds(2)) }
    time.advance(by: duration)
  }

  @Test func aTaskIsCreatedWatchedAndDownloaded() async throws {
    let time = ManualTime()
    try await withSimulator(SimulatorOptions(failures: 0), time: time) { simulator, base in
      let created = try await Loopback.post(
        "\(base)/runwayml/v1/image_to_video", "{\"model\":\"gen4_turbo\"}")
      #expect(created.status == 200 && created.complete)
      #expect(created.header("date") == "Thu, 01 Jan 2026 00:00:00 GMT")
      let id = try #require(try JSON(created.body)["id"])
      time.advance(by: .seconds(1000))
      let polled = try await Loopback.get("\(base)/runwayml/v1/tasks/\(id)")
      let url = try #require(try JSON(polled.body).strings("output")?.first)
      #expect(url.hasPrefix(base))
      let file = try await Loopback.get(url)
      #expect(file.status == 200 && file.complete && file.body.count >= 16384)
      let head = try await Loopback.send("HEAD", url)
      #expect(head.status == 200 && head.body.isEmpty)
      #expect(head.header("content-length") == String(file.body.count))
      let part = try await Loopback.get(url, headers: [HTTPHeader("Range", "bytes=-100")])
      #expect(part.status == 206 && part.body == Array(file.body.suffix(100)))
      #expect(try await Loopback.send("DELETE", "\(base)/v1/tasks/\(id)").status == 204)
      #expect(simulator.stats.requests == 6)
    }
  }

  @Test func aLargeBodyIsTakenAndATooLargeOneRefused() async throws {
    try await withSimulator { simulator, base in
      let image = String(repeating: "A", count: 5 << 20)
      let url = "\(base)/v1/image_to_video"
      let large = try await Loopback.post(url, "{\"promptImage\":\"\(image)\"}")
      #expect(large.status == 200)
      let tooLarge = String(repeating: image, count: 7)
      let refused = try await Loopback.post(url, "{\"promptImage\":\"\(tooLarge)\"}")
      #expect(refused.status == 413)
      #expect(simulator.stats.created == 1)
    }
  }

  @Test func latencyIsWaitedFor() async throws {
    let time = ManualTime()
    try await withSimulator(SimulatorOptions(latency: .seconds(60)), time: time) { _, base in
      async let answer = Loopback.get("\(base)/v1/tasks/sim-1")
      try await whenSomeoneSleeps(on: time, advance: .seconds(8 * 90))
      #expect(try await answer.complete)
    }
  }

  @Test func connectionsAreDroppedCutAndLeftHanging() async throws {
    let time = ManualTime()
    try await withSimulator(SimulatorOptions(seed: 4, errors: 1, unknownFor: .zero), time: time) {
      simulator, base in
      var seen: Set<String> = []
      for number in 0..<400 where seen.count < 3 {
        let fate = Trouble.of(seed: 4, share: 1, key: "sim-\(number)", number: 1)
        async let asked = Loopback.get("\(base)/v1/tasks/sim-\(number)")
        switch fate {
        case .dropped:
          #expect(try await asked.status == 0)
          seen.insert("dropped")
        case .cut:
          let answer = try await asked
          #expect(answer.status == 200 && !answer.complete && !answer.body.isEmpty)
          seen.insert("cut")
        case .hanging:
          try await whenSomeoneSleeps(on: time, advance: Trouble.hang)
          #expect(try await asked.status == 0)
          seen.insert("hanging")
        default: #expect(try await asked.complete)
        }
      }
      #expect(seen.count == 3)
      #expect(simulator.stats.byStatus[0]! >= 2)
    }
  }

  @Test func itStopsWithConnectionsOpenAndStartsAgainWithItsTasks() async throws {
    let time = ManualTime()
    let simulator = Simulator(SimulatorOptions(latency: .seconds(1000), unknownFor: .zero), time: time)
    let base = try await simulator.start()
    #expect(try await simulator.start() == base)
    let authority = String(base.dropFirst("http://".count))
    let idle = try Loopback.connect(authority)
    async let waiting = Loopback.get("\(base)/v1/tasks/sim-1")
    while time.sleepers == 0 { try await Task.sleep(for: .milliseconds(2)) }
    await simulator.stop()
    #expect(try await waiting.status == 0)
    #expect(try await Loopback.blocking { Loopback.isClosed(idle) })
    close(idle)
    await #expect(throws: SimulatorError.self) { try await Loopback.get("\(base)/v1/tasks/sim-1") }
    #expect(try await simulator.start() == base)
    #expect(try await Loopback.get("\(base)/_simulator/stats").status == 200)
    #expect(simulator.stats.adopted == 1)
    await simulator.stop()
    await simulator.stop()
  }

  /// Whatever state a connection is in, down to one that was accepted a moment ago.
  @Test func noConnectionOutlivesAStop() async throws {
    let request = "GET /v1/tasks/sim-1 HTTP/1.1\r\nHost: x\r\n"
    let starts = [
      "", "GET /v1", request, "\(request)\r\n", "\(request)\r\n\(request)\r\n\(request)",
      "POST /v1/image_to_video HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{",
    ]
    let simulator = Simulator(SimulatorOptions(unknownFor: .zero), time: ManualTime())
    for _ in 0..<10 {
      let base = try await simulator.start()
      let authority = String(base.dropFirst("http://".count))
      let sockets = try starts.map { start in
        let socket = try Loopback.connect(authority)
        Loopback.write(Array(start.utf8), to: socket)
        return socket
      }
      await simulator.stop()
      let closed = try await Loopback.blocking { sockets.map { Loopback.isClosed($0) } }
      #expect(closed == starts.map { _ in true })
      for socket in sockets { close(socket) }
    }
  }

  @Test func runEndsWhenItsCallerIsCancelledOrItIsStopped() async throws {
    let simulator = Simulator(SimulatorOptions(), time: ManualTime())
    for cancels in [true, false] {
      let base = try await simulator.start()
      let running = Task { await simulator.run() }
      #expect(try await Loopback.get(base).status == 200)
      if cancels { running.cancel() } else { await simulator.stop() }
      await running.value
      await #expect(throws: SimulatorError.self) { try await Loopback.get(base) }
    }
  }

  @Test func aTakenPortIsSaid() async throws {
    try await withSimulator { _, base in
      let port = try #require(base.split(separator: ":").last.flatMap { Int($0) })
      let error = await #expect(throws: SimulatorError.self) {
        try await Simulator(SimulatorOptions(port: port), time: ManualTime()).start()
      }
      #expect(error?.description.contains("cannot listen on 127.0.0.1:\(port)") == true)
      #expect(error?.description.contains("in use") == true)
    }
  }

  @Test func manyRunAtOnceAndManyAskAtOnce() async throws {
    let simulators = (1...8).map {
      Simulator(SimulatorOptions(seed: UInt64($0), unknownFor: .zero), time: SystemTime())
    }
    var bases: [String] = []
    for simulator in simulators { bases.append(try await simulator.start()) }
    #expect(Set(bases).count == 8)
    try await withThrowingTaskGroup(of: Int.self) { group in
      for number in 0..<160 {
        let url = "\(bases[number % 8])/v1/tasks/sim-\(number / 16)"
        group.addTask { try await Loopback.get(url).status }
      }
      for try await status in group { #expect(status == 200) }
    }
    #expect(simulators.map { $0.stats.polls } == Array(repeating: 20, count: 8))
    for simulator in simulators { await simulator.stop() }
  }
}
