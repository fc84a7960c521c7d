import Foundation
import Model
import Synchronization
import TestSupport
import Testing

@testable import HTTP

/// The loop as an executor, its timers, and its end.
@Suite struct CurlLoopExecutorTests {
  /// Lives on the loop's thread and reacts to answers without a hop.
  private actor Poller {
    nonisolated let loop: CurlLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.executor.asUnownedSerialExecutor() }
    var seen: [Int] = []
    var order: [String] = []

    init(_ loop: CurlLoop) { self.loop = loop }

    func poll(_ url: String, times: Int, _ done: CheckedContinuation<[Int], Never>) {
      let profile = HTTPProfile(method: "GET", timeout: .seconds(60), bodyLimit: 100)
      loop.start(HTTPRequest(profile, url: url)) { result in
        self.assumeIsolated { poller in
          poller.seen.append((try? result.get().status) ?? 0)
          if times > 1 {
            poller.poll(url, times: times - 1, done)
          } else {
            done.resume(returning: poller.seen)
          }
        }
      }
    }

    func refused(_ done: CheckedContinuation<[String], Never>) {
      let profile = HTTPProfile(method: "GET", timeout: .seconds(60), bodyLimit: 100)
      loop.start(HTTPRequest(profile, url: "nonsense")) { _ in
        self.assumeIsolated { poller in
          poller.order.append("completed")
          done.resume(returning: poller.order)
        }
      }
      order.append("started")
    }

    /// Begins a request without a task; what is answered breaks it off.
    func begin(_ url: String, _ done: CheckedContinuation<HTTPError?, Never>) -> BreakOff {
      let profile = HTTPProfile(method: "GET", timeout: .seconds(600), bodyLimit: 100)
      return loop.begin(HTTPRequest(profile, url: url)) { result in
        switch result {
        case .success: done.resume(returning: nil)
        case .failure(let error): done.resume(returning: error)
        }
      }
    }

    func threadID() -> UInt { UInt(pthread_self()) }
  }

  @Test func actorsReactToAnswersWithoutAHop() async throws {
    let server = try LoopbackServer { _ in .respond(200) }
    try await withLoop { loop in
      let poller = Poller(loop)
      let seen = await withCheckedContinuation { done in
        Task { await poller.poll(server.url(), times: 20, done) }
      }
      #expect(seen == Array(repeating: 200, count: 20))
    }
    #expect(server.connections == 1)
  }

  @Test func completesNothingBeforeStartReturns() async throws {
    try await withLoop { loop in
      let poller = Poller(loop)
      let order = await withCheckedContinuation { done in Task { await poller.refused(done) } }
      #expect(order == ["started", "completed"])
    }
  }

  @Test func runsAllJobsOnOneThread() async throws {
    try await withLoop { loop in
      let actors = (0..<4).map { _ in Poller(loop) }
      let threads = await withTaskGroup(of: UInt.self) { group in
        for number in 0..<400 { group.addTask { await actors[number % 4].threadID() } }
        return await group.reduce(into: Set<UInt>()) { $0.insert($1) }
      }
      #expect(threads.count == 1)
      #expect(threads.first != UInt(pthread_self()))
      #expect(loop.isIsolatingCurrentContext() == false)
    }
  }

  @Test func callsTimersInTheOrderOfTheirTime() async throws {
    try await withLoop { loop in
      let seen = Mutex<[Int]>([])
      await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
        for delay in [40, 10, 30, 20, 0] {
          loop.wake(after: .milliseconds(delay)) {
            let count = seen.withLock { seen in
              seen.append(delay)
              return seen.count
            }
            if count == 5 { done.resume() }
          }
        }
      }
      #expect(seen.withLock { $0 } == [0, 10, 20, 30, 40])
    }
  }

  @Test func callsTimersOnTheLoopAndNotEarly() async throws {
    try await withLoop { loop in
      let begin = ContinuousClock.now
      let onLoop = await withCheckedContinuation { done in
        loop.wake(after: .milliseconds(50)) { done.resume(returning: loop.isIsolatingCurrentContext()) }
      }
      #expect(onLoop == true)
      #expect(ContinuousClock.now - begin >= .milliseconds(50))
      // Far beyond what the clock can count: never, and no overflow.
      loop.wake(after: .seconds(Int64.max / 2)) { Issue.record("a timer fired that is not due") }
      loop.wake(after: .seconds(-5)) {}
    }
  }

  /// Idle, with timers pending, connections resting, a request hanging, and then a peer that closed at rest: a few turns each.
  @Test func standsStillWhereThereIsNothingToDo() async throws {
    let server = try LoopbackServer { $0.target == "/hang" ? .script([.hang]) : .respond(200) }
    try await withLoop { loop in
      loop.wake(after: .seconds(3600)) {}
      for _ in 0..<3 { _ = try await loop.send("GET", server.url()) }
      let hanging = Task { await loop.failure("GET", server.url("/hang"), timeout: .seconds(600)) }
      _ = try await server.requests(4)
      try await Task.sleep(for: .milliseconds(50))
      let before = loop.turns
      try await Task.sleep(for: .milliseconds(500))
      // libcurl looks after a fresh connection now and then.
      #expect(loop.turns - before <= 5)
      hanging.cancel()
      _ = await hanging.value
      _ = try await loop.send("GET", server.url())
      server.closeConnections()
      let after = loop.turns
      try await Task.sleep(for: .milliseconds(300))
      #expect(loop.turns - after <= 5)
    }
  }

  @Test func cancelsARequestUnderWay() async throws {
    let server = try LoopbackServer { _ in .script([.hang]) }
    try await withLoop { loop in
      let request = Task { await loop.failure("GET", server.url(), timeout: .seconds(600)) }
      _ = try await server.requests(1)
      request.cancel()
      #expect(await request.value == HTTPError(.cancelled, "GET 127.0.0.1:\(server.port): cancelled"))
      // The connection is closed with it.
      while server.openConnections > 0 { try await Task.sleep(for: .milliseconds(2)) }
    }
  }

  @Test func breaksOffARequestThatHasNoTask() async throws {
    let server = try LoopbackServer { _ in .script([.hang]) }
    try await withLoop { loop in
      let poller = Poller(loop)
      let error = await withCheckedContinuation { done in
        Task {
          let breakOff = await poller.begin(server.url(), done)
          _ = try await server.requests(1)
          breakOff()
          // Once more is one too many, and does nothing.
          breakOff()
        }
      }
      #expect(error?.kind == .cancelled)
      while server.openConnections > 0 { try await Task.sleep(for: .milliseconds(2)) }
    }
  }

  @Test func cancelsBeforeTheStart() async throws {
    let server = try LoopbackServer { _ in .respond(200) }
    try await withLoop { loop in
      let request = Task {
        withUnsafeCurrentTask { $0?.cancel() }
        return await loop.failure("GET", server.url())
      }
      #expect(await request.value?.kind == .cancelled)
    }
    #expect(server.requests.isEmpty)
  }

  /// Cancelling at any moment gives either the answer or `.cancelled`, and the client goes on working.
  @Test func cancelsAtAnyMoment() async throws {
    let server = try LoopbackServer { _ in .respond(200, body: "x") }
    try await withLoop { loop in
      let profile = HTTPProfile(method: "GET", timeout: .seconds(60), bodyLimit: 100)
      for number in 0..<300 {
        let request = Task { () async -> HTTPError.Kind? in
          do throws(HTTPError) {
            return try await loop.send(HTTPRequest(profile, url: server.url())).text == "x" ? nil : .other
          } catch {
            return error.kind
          }
        }
        if number % 3 == 0 { await Task.yield() }
        if number % 3 == 1 { usleep(UInt32(number)) }
        request.cancel()
        let kind = await request.value
        #expect(kind == nil || kind == .cancelled)
      }
      let last = try await loop.send(HTTPRequest(profile, url: server.url()))
      #expect(last.text == "x")
    }
  }

  @Test func failsWhatIsPendingAtTheEnd() async throws {
    let server = try LoopbackServer { _ in .script([.hang]) }
    let loop = try CurlLoop()
    loop.wake(after: .seconds(3600)) { Issue.record("a timer fired that is not due") }
    let requests = (0..<20).map { _ in
      Task { await loop.failure("GET", server.url(), timeout: .seconds(600)) }
    }
    _ = try await server.requests(20)
    loop.shutdown()
    loop.shutdown()
    for request in requests {
      #expect(await request.value?.message == "GET 127.0.0.1:\(server.port): the client was shut down")
    }
    // Later requests fail in the same way, and actors that lived on the loop go on.
    #expect(await loop.failure("GET", server.url())?.kind == .cancelled)
    let poller = Poller(loop)
    let order = await withCheckedContinuation { done in Task { await poller.refused(done) } }
    #expect(order == ["started", "completed"])
    for _ in 0..<100 { _ = await poller.threadID() }
    loop.wake(after: .zero) { Issue.record("a timer fired after the end") }
    while server.openConnections > 0 { try await Task.sleep(for: .milliseconds(2)) }
  }

  @Test func endsWhereItsOwnThreadAsksForIt() async throws {
    let loop = try CurlLoop()
    loop.wake(after: .zero) { loop.shutdown() }
    while await loop.failure("GET", "http://127.0.0.1:1/")?.kind != .cancelled {
      try await Task.sleep(for: .milliseconds(2))
    }
    loop.shutdown()
  }

  @Test func leavesNothingOpen() async throws {
    let server = try LoopbackServer { _ in .respond(200) }
    weak var released: CurlLoop?
    do {
      let loop = try CurlLoop()
      _ = try await loop.send("GET", server.url())
      loop.shutdown()
      released = loop
    }
    while server.openConnections > 0 { try await Task.sleep(for: .milliseconds(2)) }
    while released != nil { try await Task.sleep(for: .milliseconds(2)) }
  }
}
