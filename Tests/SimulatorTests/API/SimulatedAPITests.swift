import Foundation
import Model
import TestSupport
import Testing

@testable import Simulator

/// An API and its clock.
private struct Stand {
  let time = ManualTime()
  let api: SimulatedAPI

  init(_ options: SimulatorOptions = SimulatorOptions()) { api = SimulatedAPI(options, time: time) }

  @discardableResult
  func get(_ path: String, headers: [HTTPHeader] = []) -> Reply {
    let parts = path.split(separator: "?", maxSplits: 1).map(String.init)
    return api.answer(
      Call(
        "GET", parts[0], query: parts.count > 1 ? parts[1] : "",
        headers: [HTTPHeader("Host", "h:1")] + headers))
  }

  @discardableResult
  func poll(_ id: String) -> Reply { get("/runwayml/v1/tasks/\(id)") }

  func create(_ route: String = "image_to_video") throws -> String {
    let reply = api.answer(Call("POST", "/runwayml/v1/\(route)", body: Array("{}".utf8)))
    #expect(reply.status == 200)
    return try #require(reply.json()["id"])
  }

  /// Creates tasks until one has the outcome; turns the clock until it has ended.
  func ended(_ route: String = "image_to_video", as status: String) throws -> (id: String, task: JSON) {
    for _ in 0..<200 {
      let id = try create(route)
      time.advance(by: .seconds(1000))
      let task = try get("/v1/tasks/\(id)").json()
      if task["status"] == status { return (id, task) }
    }
    throw SimulatorError("no task is \(status)")
  }
}

@Suite struct SimulatedAPITests {
  @Test func idsFollowFromTheSeedAndTheOrder() throws {
    let (a, b, c) = (Stand(), Stand(), Stand(SimulatorOptions(seed: 2)))
    let ids = try (0..<50).map { _ in try a.create() }
    #expect(try ids == (0..<50).map { _ in try b.create("text_to_image") })
    #expect(Set(ids).count == 50)
    #expect(try c.create() != ids[0])
  }

  @Test func twoRunsOfASeedAnswerAlike() throws {
    func run() throws -> [Reply] {
      let stand = Stand(SimulatorOptions(seed: 9, latency: .milliseconds(5), errors: 0.3))
      let ids = (0..<10).map { "sim-\($0)" }
      return (0..<40).flatMap { _ in
        stand.time.advance(by: .seconds(6))
        return ids.map { stand.poll($0) }
      }
    }
    #expect(try run() == run())
  }

  @Test(arguments: ["", "[]", "\"x\"", "{", "{}}", "null"]) func aCreationNeedsAJSONObject(body: String)
    throws
  {
    let stand = Stand()
    let reply = stand.api.answer(Call("POST", "/v1/image_to_video", body: Array(body.utf8)))
    #expect(reply.status == 400)
    let error = try reply.json().object("error")
    #expect(error.keys == ["message", "type", "param", "code"])
    #expect(error["type"] == "comet_api_error")
    #expect(stand.api.stats.created == 0)
  }

  @Test func aBodyBeyondTheLimitIsRefused() {
    #expect(Stand().api.answer(Call("POST", "/v1/image_to_video", body: nil)).status == 413)
  }

  @Test(arguments: Media.made.keys.sorted()) func everyCreationRouteMakesATask(route: String) throws {
    let stand = Stand(SimulatorOptions(failures: 0))
    let (id, task) = try stand.ended(route, as: "SUCCEEDED")
    #expect(task["id"] == id)
    let url = try #require(task.strings("output")?.first)
    let file = stand.get(String(url.dropFirst("http://h:1".count)))
    #expect(file.status == 200)
    #expect(file.header("content-type") == Media.made[route]?.contentType)
  }

  @Test func eachStatusHasItsFields() throws {
    let stand = Stand(SimulatorOptions(failures: 0.3))
    var fields: [String: Set<String>] = [:]
    for number in 0..<80 { stand.poll("sim-\(number)") }
    for _ in 0..<100 {
      stand.time.advance(by: .seconds(5))
      for number in 0..<80 {
        let reply = stand.poll("sim-\(number)")
        guard reply.status == 200, let task = try? reply.json(), let status = task["status"],
          status != "task_not_exist"
        else { continue }
        #expect(reply.header("content-type") == "application/json")
        #expect(task["id"] == "sim-\(number)")
        #expect(task["createdAt"] == "2026-01-01T00:00:00.000Z")
        if let progress = task.number("progress") { #expect((0..<1).contains(progress)) }
        fields[status, default: []].formUnion(task.keys)
      }
    }
    let always: Set = ["id", "status", "createdAt"]
    #expect(
      fields == [
        "PENDING": always, "THROTTLED": always, "RUNNING": always.union(["progress"]),
        "SUCCEEDED": always.union(["output"]), "FAILED": always.union(["failure", "failureCode"]),
      ])
  }

  @Test func runwaysOwnAddressTellsTheCost() throws {
    let stand = Stand()
    let created = try stand.api.answer(Call("POST", "/v1/image_to_video", body: Array("{}".utf8))).json()
    #expect(try created.object("estimatedCost").number("credits") == 25)
    stand.time.advance(by: .seconds(2))
    let id = try #require(created["id"])
    #expect(try stand.get("/v1/tasks/\(id)").json().object("estimatedCost").number("credits") == 25)
    #expect(try stand.poll(id).json().keys == ["id", "status", "createdAt"])
    #expect(try stand.ended(as: "FAILED").task.object("cost").number("credits") == 0)
    #expect(try stand.ended(as: "SUCCEEDED").task.object("cost").number("credits") == 25)
  }

  @Test func speedMakesTasksLiveFaster() {
    let (slow, fast) = (Stand(), Stand(SimulatorOptions(speed: 100)))
    for number in 0..<30 {
      slow.poll("sim-\(number)")
      fast.poll("sim-\(number)")
    }
    for _ in 0..<50 {
      slow.time.advance(by: .seconds(4))
      fast.time.advance(by: .milliseconds(40))
      #expect(
        (0..<30).map { try? slow.poll("sim-\($0)").json()["status"] }
          == (0..<30).map { try? fast.poll("sim-\($0)").json()["status"] })
    }
  }

  @Test(arguments: [0.01, 1.0, 50.0]) func aNewIDIsNotUnknownForLong(speed: Double) throws {
    let stand = Stand(SimulatorOptions(speed: speed))
    let ids = try (0..<200).map { _ in try stand.create() }
    func known() -> Int { ids.count { (try? stand.poll($0).json()["status"]) == "PENDING" } }
    #expect((40...100).contains(known()))
    stand.time.advance(by: .seconds(2 / max(1, speed)))
    #expect(known() == 200)
  }

  @Test func anUnknownIDIsAnsweredInAllTheWaysThereAre() throws {
    let stand = Stand()
    var shapes: [String: Int] = [:]
    for number in 0..<300 {
      let id = number.isMultiple(of: 2) ? "nobody-\(number)" : "sim-\u{7}-\(number)"
      let first = stand.api.answer(Call("GET", "/v1/tasks/\(id)"))
      #expect(stand.api.answer(Call("GET", "/v1/tasks/\(id)")) == first)
      shapes["\(first.status) \(String(decoding: first.body, as: UTF8.self))", default: 0] += 1
    }
    #expect(
      Set(shapes.keys) == [
        #"400 {"code":"task_not_exist","message":"task_not_exist","data":null}"#, "404 ",
        #"200 {"code":"success","data":null}"#, #"200 {"status":"task_not_exist"}"#,
        #"404 {"error":{"message":"The task does not exist.","type":"comet_api_error","param":"","code":"task_not_exist"}}"#,
      ])
    #expect(shapes.values.allSatisfy { $0 > 30 })
    stand.time.advance(by: .seconds(100_000))
    #expect(stand.api.stats.notFound == 600)
    #expect(stand.api.stats.adopted == 0)
  }

  @Test func idsAreOnlyAdoptedWhereAsked() {
    let stand = Stand(SimulatorOptions(adopt: false))
    stand.poll("sim-1")
    stand.time.advance(by: .seconds(50))
    #expect(NotFoundShape.allCases.map(\.reply).contains(stand.poll("sim-1")))
    #expect(stand.api.stats.adopted == 0)
  }

  @Test func whatRunsIsCancelledAndWhatHasEndedIsDeleted() throws {
    let stand = Stand(SimulatorOptions(unknownFor: .zero))
    let id = try stand.create()
    #expect(try stand.poll(id).json()["status"] == "PENDING")
    #expect(stand.api.answer(Call("DELETE", "/v1/tasks/\(id)")) == Reply(204))
    for _ in 0..<3 {
      #expect(try stand.poll(id).json()["status"] == "CANCELLED")
      stand.time.advance(by: .seconds(500))
    }
    #expect(stand.api.answer(Call("DELETE", "/runwayml/v1/tasks/\(id)")).status == 204)
    #expect(NotFoundShape.allCases.map(\.reply).contains(stand.poll(id)))
    #expect(stand.api.answer(Call("DELETE", "/v1/tasks/\(id)")).status == 404)
    #expect(stand.api.answer(Call("DELETE", "/v1/tasks/nobody")).status == 404)
    #expect(stand.api.stats.cancelled == 2)
  }

  @Test func theEnvelopeHoldsTheTask() throws {
    let stand = Stand(SimulatorOptions(envelope: true, failures: 0.3))
    for number in 0..<80 { stand.poll("sim-\(number)") }
    var pairs: Set<String> = []
    var reasons: Set<Bool> = []
    for _ in 0..<100 {
      stand.time.advance(by: .seconds(5))
      for number in 0..<80 {
        let outer = try stand.poll("sim-\(number)").json()
        #expect(outer["code"] == "success" && outer["message"] == "")
        let data = try outer.object("data")
        let task = try data.object("data")
        #expect(data["task_id"] == "sim-\(number)" && task["id"] == "sim-\(number)")
        pairs.insert("\(data["status"] ?? "") \(task["status"] ?? "")")
        if let progress = task.number("progress") {
          #expect(data["progress"] == "\(Int((progress * 100).rounded()))%")
        }
        if let failure = task["failure"] { #expect(data["fail_reason"] == failure) }
        if let output = task.strings("output") {
          reasons.insert(data["fail_reason"] == "")
          #expect(["", output[0]].contains(data["fail_reason"]))
        }
      }
    }
    #expect(
      pairs == [
        "SUBMITTED PENDING", "QUEUED THROTTLED", "IN_PROGRESS RUNNING", "SUCCESS SUCCEEDED", "FAILURE FAILED",
      ])
    #expect(reasons == [true, false])
  }

  @Test(arguments: [
    ("Bearer right", 200), ("Bearer wrong", 401), ("bearer right", 401), ("right", 401), (nil, 401),
  ]) func aKeyIsAskedForWhereOneIsSet(header: String?, status: Int) throws {
    let stand = Stand(SimulatorOptions(key: Secret("right"), unknownFor: .zero))
    let reply = stand.get("/v1/tasks/sim-1", headers: header.map { [HTTPHeader("Authorization", $0)] } ?? [])
    #expect(reply.status == status)
    if status == 401 { #expect(try reply.json().object("error")["code"] == "invalid_api_key") }
    #expect(stand.get("/_simulator/stats").status == 200)
    #expect(stand.api.stats.adopted == (status == 200 ? 1 : 0))
  }

  @Test func anyKeyIsTakenWhereNoneIsSet() {
    let stand = Stand(SimulatorOptions(unknownFor: .zero))
    #expect(stand.get("/v1/tasks/sim-1", headers: [HTTPHeader("authorization", "Bearer x")]).status == 200)
  }

  @Test func aboveTheRateBothSpellingsOfRetryAfterCome() throws {
    let stand = Stand(SimulatorOptions(rate: Rate(5, per: .seconds(10)), unknownFor: .zero))
    stand.time.advance(by: .milliseconds(400))
    #expect((0..<5).allSatisfy { _ in stand.poll("sim-1").status == 200 })
    stand.time.advance(by: .milliseconds(3300))
    let told = (0..<4).map { _ in stand.poll("sim-1") }
    #expect(told.allSatisfy { $0.status == 429 })
    #expect(try told[0].json().object("error")["code"] == "rate_limit_exceeded")
    // 6.7 s are left, until 00:00:10.4.
    let date = "Thu, 01 Jan 2026 00:00:11 GMT"
    #expect(told.map { $0.header("retry-after") } == ["7", date, "7", date])
    let other = [HTTPHeader("authorization", "Bearer other")]
    #expect(stand.get("/v1/tasks/sim-1", headers: other).status == 200)
    stand.time.advance(by: .milliseconds(6700))
    #expect(stand.poll("sim-1").status == 200)
    #expect(stand.api.stats.rateLimited == 4)
  }

  @Test func wrongPathsAreAnsweredAsAGatewayDoes() throws {
    let stand = Stand()
    let api = stand.get("/runwayml/v1/nothing")
    #expect(api.status == 404)
    #expect(try api.json().object("error")["type"] == "comet_api_error")
    let page = stand.get("/tasks/1")
    #expect(page.status == 404 && page.header("content-type") == "text/html")
    let moved = stand.get("/v1/tasks/1/?a=b")
    #expect(moved.status == 301 && moved.header("location") == "/v1/tasks/1?a=b")
    #expect(stand.get("/").header("content-type") == "text/plain; charset=utf-8")
  }

  @Test func outputURLsExpireAndAreRenewedByAPoll() throws {
    let stand = Stand(SimulatorOptions(speed: 10, failures: 0))
    let (id, task) = try stand.ended(as: "SUCCEEDED")
    let first = try #require(task.strings("output"))
    func status(_ url: String) -> Int { stand.get(String(url.dropFirst("http://h:1".count))).status }
    #expect(try stand.poll(id).json().strings("output") == first)
    #expect(first.allSatisfy { status($0) == 200 })
    stand.time.advance(by: .seconds(8640 - 1200))
    #expect(first.allSatisfy { status($0) == 200 })
    stand.time.advance(by: .seconds(1200))
    let expired = stand.get(String(first[0].dropFirst("http://h:1".count)))
    #expect(expired.status == 403 && expired.header("content-type") == "application/xml")
    let second = try #require(stand.poll(id).json().strings("output"))
    #expect(second != first)
    #expect(second.allSatisfy { status($0) == 200 })
  }

  @Test func onlyRightTokensOpenAFile() throws {
    let stand = Stand(SimulatorOptions(failures: 0))
    let (id, task) = try stand.ended(as: "SUCCEEDED")
    let url = try #require(task.strings("output")?.first)
    let token = try #require(url.split(separator: "=").last)
    #expect(stand.get("/files/\(id)/0.mp4?token=\(token)").status == 200)
    #expect(stand.get("/files/\(id)/0.mp4?x=1&token=\(token)").status == 200)
    for wrong in [
      "", "?token", "?token=", "?token=\(token)0", "?token=-1-\(token)", "?token=9-\(token.dropFirst(2))",
    ] {
      #expect(stand.get("/files/\(id)/0.mp4\(wrong)").status == 403)
    }
    for name in ["0.png", "0", "9.mp4", "-1.mp4", "0.mp4.mp4", "00.mp4", ""] {
      #expect(stand.get("/files/\(id)/\(name)?token=\(token)").status == 404)
    }
    #expect(stand.get("/files/nobody/0.mp4?token=\(token)").status == 404)
    #expect(stand.api.answer(Call("DELETE", "/v1/tasks/\(id)")).status == 204)
    #expect(stand.get("/files/\(id)/0.mp4?token=\(token)").status == 404)
  }

  @Test func aFileIsHadInParts() throws {
    let stand = Stand(SimulatorOptions(failures: 0))
    let url = try #require(
      stand.ended(as: "SUCCEEDED").task.strings("output")?.first?.dropFirst("http://h:1".count))
    func get(_ headers: [HTTPHeader]) -> Reply { stand.get(String(url), headers: headers) }
    let whole = get([])
    #expect(whole.body.count >= 16384 && whole.body.count <= 65536)
    #expect(Array(whole.body[4..<12]) == Array("ftypisom".utf8))
    #expect(whole.header("accept-ranges") == "bytes")
    let head = get([HTTPHeader("Range", "bytes=0-999")])
    let tail = get([HTTPHeader("Range", "bytes=1000-"), HTTPHeader("If-Range", whole.header("etag")!)])
    #expect(head.status == 206 && tail.status == 206)
    #expect(head.header("content-range") == "bytes 0-999/\(whole.body.count)")
    #expect(head.body + tail.body == whole.body)
    let beyond = get([HTTPHeader("Range", "bytes=70000-")])
    #expect(beyond.status == 416 && beyond.header("content-range") == "bytes */\(whole.body.count)")
    #expect(
      get([HTTPHeader("Range", "bytes=1000-"), HTTPHeader("If-Range", "\"other\"")]).body == whole.body)
  }

  @Test(arguments: [
    ("a.example:8443", "http://a.example:8443/files/"), ("[::1]:80", "http://[::1]:80/files/"),
    ("a\"b", "/files/"),
  ])
  func outputURLsNameTheHostTheClientAsked(host: String, prefix: String) throws {
    let stand = Stand(SimulatorOptions(failures: 0))
    let id = "sim-a b"
    let call = Call("GET", "/v1/tasks/sim-a%20b", headers: [HTTPHeader("host", host)])
    _ = stand.api.answer(call)
    stand.time.advance(by: .seconds(1000))
    let task = try stand.api.answer(call).json()
    #expect(task["id"] == id)
    #expect(try #require(task.strings("output")?.first).hasPrefix(prefix + "sim-a%20b/0.mp4?token="))
  }

  @Test func statsTellWhatWasAsked() throws {
    let stand = Stand(SimulatorOptions(unknownFor: .zero))
    let id = try stand.create()
    stand.poll(id)
    stand.time.advance(by: .seconds(3))
    stand.poll(id)
    stand.time.advance(by: .seconds(1))
    stand.poll("sim-1")
    stand.time.advance(by: .milliseconds(4500))
    stand.poll(id)
    stand.get("/nothing")
    let stats = try stand.get("/_simulator/stats").json()
    #expect(stats.number("requests") == 6)
    #expect(stats.number("polls") == 4)
    #expect(stats.number("created") == 1 && stats.number("adopted") == 1)
    #expect(stats.number("shortest_gap_ms") == 3000)
    #expect(try stats.object("by_status").number("200") == 5)
    #expect(try stats.object("by_status").number("404") == 1)
    let waiting = try ["PENDING", "THROTTLED"].map { try stats.object("tasks").number($0) ?? 0 }
    #expect(waiting.reduce(0, +) == 2)
    #expect(stand.api.stats.shortestGap == .seconds(3))
  }
}
