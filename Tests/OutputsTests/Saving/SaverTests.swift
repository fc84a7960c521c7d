import Foundation
import Model
import TestSupport
import Testing

@testable import Outputs

@Suite struct SaverTests {
  @Test func copiesAreKeptAndToldOf() async throws {
    let bench = try SaveBench()
    let files = [content(300_000), content(5, seed: 2)]
    let server = try LoopbackServer { request in
      request.target.hasPrefix("/a")
        ? FileAnswer.file(files[0], to: request)
        : FileAnswer.file(files[1], to: request, type: "image/png; charset=binary")
    }
    bench.offer([server.url("/a?sig=1"), server.url("/b.bin")], labels: ["k": "v"])
    let event = try #require(await bench.run(bench.saver(try bench.settings())))
    #expect(event.type == .saved && event.reason == nil && event.sequence == 4)
    #expect(event.source == "runway" && event.taskID == "d0658ae1" && event.labels == ["k": "v"])
    #expect(event.status == "SUCCEEDED" && event.state == .succeeded && event.task == Array(sampleTask.utf8))
    #expect(
      event.files == [
        SavedFile(
          url: server.url("/a?sig=1"), path: bench.target + "/d0658ae1/0.mp4", bytes: 300_000,
          sha256: sha256(files[0]), contentType: "video/mp4"),
        SavedFile(
          url: server.url("/b.bin"), path: bench.target + "/d0658ae1/1.png", bytes: 5,
          sha256: sha256(files[1]), contentType: "image/png"),
      ])
    #expect(bench.bytes("d0658ae1/0.mp4") == files[0] && bench.bytes("d0658ae1/1.png") == files[1])
    #expect(bench.files == ["d0658ae1/0.mp4", "d0658ae1/1.png"])
    let mode = try FileManager.default.attributesOfItem(atPath: bench.target + "/d0658ae1/0.mp4")
    #expect(mode[.posixPermissions] as? Int == Int(FileMode.ofCopies))
    #expect(bench.settled.map(\.event.hooks) == [["told"]] && bench.settled.map(\.released) == [["told"]])
    #expect(bench.observer.ended == [event])
    for output in 0...1 {
      let words = bench.observer.words.filter { $0.output == output && $0.count == 2 }
      #expect(words.last?.bytes == Int64(files[output].count) && words.last?.total == words.last?.bytes)
    }
    let request = try #require(server.requests.first)
    #expect(request.headers["accept"] == "*/*" && request.headers["user-agent"] == Version.userAgent)
    #expect(request.headers["accept-encoding"] == "identity")
  }

  /// What is known is written down before it is needed: what a file is a part of before the whole, the whole before
  /// its name.
  @Test func theStoreKnowsInTime() async throws {
    let bench = try SaveBench()
    let bytes = content(1000)
    let server = try LoopbackServer { FileAnswer.file(bytes, to: $0) }
    bench.offer([server.url()])
    await bench.run(bench.saver(try bench.settings()))
    let part = bench.target + "/d0658ae1/" + SaveBench.partName()
    let saved = SavedFile(
      url: server.url(), path: bench.target + "/d0658ae1/0.mp4", bytes: 1000, sha256: sha256(bytes),
      contentType: "video/mp4")
    #expect(
      bench.scripted.notes.map(\.progress) == [
        .partial(PartialFile(path: part, validator: "\"v1\"", length: 1000, contentType: "video/mp4")),
        .saved(saved),
      ])
  }

  @Test func whatBreaksOffIsResumed() async throws {
    let bench = try SaveBench()
    let bytes = content(1_000_000)
    let server = try LoopbackServer { FileAnswer.file(bytes, to: $0, breakingAfter: 300_000) }
    bench.offer([server.url()])
    let event = await bench.run(bench.saver(try bench.settings()))
    #expect(event?.type == .saved && bench.bytes("d0658ae1/0.mp4") == bytes)
    #expect(event?.files.first?.sha256 == sha256(bytes))
    #expect(server.requests.map { FileAnswer.first($0) ?? 0 } == [0, 300_000, 600_000, 900_000])
  }

  @Test func allOutputsAreTriedAndTheReasonNamesWhatFailed() async throws {
    let bench = try SaveBench()
    let server = try LoopbackServer { request in
      request.target == "/1"
        ? .respond(451) : FileAnswer.file(content(9), to: request)
    }
    bench.offer([server.url("/0"), server.url("/1"), server.url("/2")])
    bench.renewer.script(.outputs([0, 1, 2].map { TaskOutput(url: server.url("/\($0)")) }))
    let event = try #require(await bench.run(bench.saver(try bench.settings())))
    #expect(event.type == .saveFailed && event.files.map(\.bytes) == [9, 9])
    #expect(
      event.reason
        == "output 2 of 3: 451 from 127.0.0.1:\(server.port), also after the API was asked for the address anew"
    )
    #expect(bench.files == ["d0658ae1/0.mp4", "d0658ae1/2.mp4"])
    #expect(bench.settled.map(\.released) == [["told"]])
  }

  @Test func aRenewedAddressIsTakenUpWhereTheOldOneEnded() async throws {
    let bench = try SaveBench()
    let bytes = content(10_000)
    let server = try LoopbackServer { request in
      switch (request.target, FileAnswer.first(request)) {
      case ("/old", nil): FileAnswer.file(bytes, to: request, breakingAfter: 4000)
      case ("/old", _): .respond(403, body: "<Error><Code>AccessDenied</Code></Error>")
      default: FileAnswer.file(bytes, to: request)
      }
    }
    bench.offer([server.url("/old")])
    bench.renewer.script(.later(reason: "the API is down"), .outputs([TaskOutput(url: server.url("/new"))]))
    let event = await bench.run(bench.saver(try bench.settings()))
    #expect(event?.type == .saved && bench.bytes("d0658ae1/0.mp4") == bytes)
    // As the event of the success names it.
    #expect(event?.files.first?.url == server.url("/old"))
    #expect(server.requests.last.map { FileAnswer.first($0) } == 4000)
    #expect(bench.renewer.asked == [TaskAddress(id: "d0658ae1"), TaskAddress(id: "d0658ae1")])
  }

  @Test func severalAddressesAreRenewedByOnePoll() async throws {
    let bench = try SaveBench()
    let server = try LoopbackServer { request in
      request.target.hasPrefix("/new") ? FileAnswer.file(content(9), to: request) : .respond(404)
    }
    bench.offer((0..<4).map { server.url("/old\($0)") })
    bench.renewer.script(.outputs((0..<4).map { TaskOutput(url: server.url("/new\($0)")) }))
    let event = await bench.run(bench.saver(try bench.settings()))
    #expect(event?.type == .saved && event?.files.count == 4)
    #expect(bench.renewer.asked.count == 1)
  }

  @Test func noMoreFilesAtOnceThanAllowed() async throws {
    let bench = try SaveBench()
    let gate = Gate()
    let server = try LoopbackServer { request in
      gate.pass()
      return FileAnswer.file(content(9), to: request)
    }
    for row in 1...5 {
      bench.offer((0..<2).map { server.url("/\(row)/\($0)") }, row: Int64(row), id: "t\(row)")
    }
    let saver = bench.saver(try bench.settings(connections: 3))
    await saver.start()
    await eventually { gate.inside == 3 }
    gate.open()
    await bench.finish(saver)
    #expect(bench.settled.count == 5 && gate.most == 3)
  }

  @Test func aWaitHoldsNoPlace() async throws {
    let bench = try SaveBench()
    let server = try LoopbackServer { request in
      request.target == "/down" ? .respond(503) : FileAnswer.file(content(9), to: request)
    }
    bench.offer([server.url("/down")], row: 1, id: "a")
    bench.offer([server.url("/up")], row: 2, id: "b")
    let saver = bench.saver(try bench.settings(connections: 1))
    await saver.start()
    await eventually { bench.settled.count == 1 }
    #expect(bench.settled.first?.event.event.taskID == "b")
    await saver.stop()
  }

  @Test func thousandsOfSaves() async throws {
    let bench = try SaveBench()
    let server = try LoopbackServer { FileAnswer.file(Array($0.target.utf8), to: $0) }
    for row in 1...600 { bench.offer([server.url("/\(row)")], row: Int64(row), id: "t\(row)") }
    await bench.run(bench.saver(try bench.settings(connections: 16)))
    #expect(bench.settled.count == 600 && bench.settled.allSatisfy { $0.event.event.type == .saved })
    #expect(bench.bytes("t77/0.mp4") == Array("/77".utf8))
  }

  @Test func newSavesAreNoticed() async throws {
    let bench = try SaveBench()
    let server = try LoopbackServer { FileAnswer.file(content(9), to: $0) }
    let saver = bench.saver(try bench.settings())
    saver.notify()
    bench.offer([server.url("/1")], row: 5, id: "a")
    await saver.start()
    await eventually { bench.settled.count == 1 }
    bench.offer([server.url("/2")], row: 2, id: "b")
    saver.notify()
    await eventually { bench.settled.count == 2 }
    await bench.finish(saver)
    #expect(bench.files == ["a/0.mp4", "b/0.mp4"])
  }

  @Test func whatTheConfigKeepsNoMoreEnds() async throws {
    let bench = try SaveBench()
    bench.offer(["https://cdn.example/a"], row: 1)
    bench.offer(["https://cdn.example/a"], row: 2, id: "x", source: "gone")
    let event = await bench.run(bench.saver(nil))
    #expect(
      event?.type == .saveFailed
        && event?.reason == "the config has no outputs for the source runway any more")
    // A source that is not there at all may come back.
    #expect(bench.settled.count == 1)
  }

  @Test func theStoreMayFailForAWhile() async throws {
    let bench = try SaveBench()
    let bytes = content(9)
    let server = try LoopbackServer { FileAnswer.file(bytes, to: $0) }
    bench.scripted.failNotes(3)
    bench.scripted.failSettlements(2)
    bench.offer([server.url()])
    let event = await bench.run(bench.saver(try bench.settings()))
    #expect(event?.type == .saved && bench.bytes("d0658ae1/0.mp4") == bytes && server.requests.count == 1)
  }

  /// As `taskhook save` orders it: the outputs are the same.
  @Test func anOrderMeanwhileFindsWhatIsDone() async throws {
    let bench = try SaveBench()
    let gate = Gate()
    let server = try LoopbackServer { request in
      gate.pass()
      return FileAnswer.file(Array(request.target.utf8), to: request, tag: nil)
    }
    bench.offer([server.url("/a")])
    let saver = bench.saver(try bench.settings())
    await saver.start()
    await eventually { gate.inside == 1 }
    let later = Timestamp(milliseconds: sampleTime.milliseconds + 1)
    bench.offer([server.url("/a?renewed")], orderedAt: later)
    saver.notify()
    gate.open()
    await bench.finish(saver)
    #expect(bench.settled.count == 1 && server.requests.map(\.target) == ["/a"])
    #expect(bench.scripted.settledSaves.map(\.orderedAt) == [later])
  }

  /// The task was watched again, and has other outputs now.
  @Test func anotherSuccessTakesThePlaceOfTheOneBefore() async throws {
    let bench = try SaveBench()
    let server = try LoopbackServer { request in
      request.target == "/old" ? .script([.hang]) : FileAnswer.file(Array(request.target.utf8), to: request)
    }
    bench.offer([server.url("/old")])
    let saver = bench.saver(try bench.settings())
    await saver.start()
    await eventually { server.requests.count == 1 }
    bench.offer([server.url("/new")], sequence: 7)
    saver.notify()
    await bench.finish(saver)
    #expect(bench.settled.count == 1 && server.requests.map(\.target) == ["/old", "/new"])
    #expect(bench.settled.first?.event.event.files.map(\.url) == [server.url("/new")])
    #expect(bench.bytes("d0658ae1/0.mp4") == Array("/new".utf8))
  }

  @Test func theKeyIsShownToTheAPIAlone() async throws {
    let bench = try SaveBench()
    let cdn = try LoopbackServer { FileAnswer.file(content(9), to: $0) }
    let api = try LoopbackServer { request in
      request.target == "/v1/moved"
        ? FileAnswer.redirect(cdn.url("/c")) : FileAnswer.file(content(9), to: request)
    }
    let headers = [HTTPHeader("authorization", "Bearer key"), HTTPHeader("accept", "application/json")]
    bench.offer([api.url("/v1/content"), api.url("/v1/moved"), cdn.url("/d")], isOwn: true)
    let event = await bench.run(bench.saver(try bench.settings(), base: api.url("/v1"), headers: headers))
    #expect(event?.type == .saved, "\(event?.reason ?? "")")
    #expect(api.requests.map { $0.headers["authorization"] } == ["Bearer key", "Bearer key"])
    #expect(api.requests.map { $0.headers["accept"] } == ["*/*", "*/*"])
    #expect(cdn.requests.count == 2 && cdn.requests.allSatisfy { $0.headers["authorization"] == nil })
    bench.offer([api.url("/v1/content")], row: 2, id: "b")
    await bench.run(bench.saver(try bench.settings(), base: api.url("/v1"), headers: headers))
    #expect(api.requests.last?.headers["authorization"] == nil)
  }
}

/// Holds up whoever comes until it is opened.
final class Gate: Sendable {
  private let condition = NSCondition()
  nonisolated(unsafe) private var isOpen = false
  nonisolated(unsafe) private var count = 0
  nonisolated(unsafe) private var peak = 0
  // All three are touched under the condition's lock alone.

  var inside: Int { locked { count } }
  var most: Int { locked { peak } }

  func pass() {
    condition.lock()
    count += 1
    peak = max(peak, count)
    while !isOpen { condition.wait() }
    count -= 1
    condition.unlock()
  }

  func open() {
    locked { isOpen = true }
    condition.broadcast()
  }

  private func locked<Value>(_ work: () -> Value) -> Value {
    condition.lock()
    defer { condition.unlock() }
    return work()
  }
}
