import Foundation
import Model
import Synchronization

/// The task API: a request and the time in, an answer out. No I/O.
final class SimulatedAPI: Sendable {
  let options: SimulatorOptions
  private let time: any TimeSource
  private let ledger: Mutex<Ledger>

  init(_ options: SimulatorOptions, time: any TimeSource) {
    self.options = options
    self.time = time
    ledger = Mutex(Ledger(options))
  }

  var stats: SimulatorStats {
    let now = time.now
    return ledger.withLock { $0.stats(now: now) }
  }

  /// Creates a task as a request would, past rate and troubles.
  func create(_ media: Media) -> String {
    let (now, wall) = (time.now, time.wall)
    return ledger.withLock { $0.create(media, now: now, wall: wall) }
  }

  func answer(_ call: Call) -> Reply {
    let route = Route(method: call.method, path: call.path)
    switch route {
    case .about: return Reply(200, "text/plain; charset=utf-8", Array(Self.about.utf8))
    case .stats:
      let stats = stats
      return .json(200) { stats.write(&$0) }
    default: break
    }
    let now = time.now
    let number = arrived(route, now: now)
    var reply = refusal(of: call, route, now: now) ?? answer(call, route, now: now)
    reply.delay += Trouble.delay(seed: options.seed, latency: options.latency, number: number)
    ledger.withLock { $0.stats.byStatus[reply.status, default: 0] += 1 }
    return reply
  }

  /// Answers the request's number among all.
  private func arrived(_ route: Route, now: Moment) -> Int {
    ledger.withLock { ledger in
      ledger.stats.requests += 1
      if case .task(let id, _) = route { ledger.notePoll(id, now: now) }
      return ledger.stats.requests
    }
  }

  private func answer(_ call: Call, _ route: Route, now: Moment) -> Reply {
    let trouble = trouble(with: route, now: now)
    if let trouble {
      // Only what is merely read is cut: a creation that got no answer has not taken place.
      let made = trouble == .cut && call.method != "GET" ? .dropped : trouble
      ledger.withLock { $0.stats.troubles[made.rawValue, default: 0] += 1 }
      return made.reply { truth(call, route, now: now) }
    }
    return truth(call, route, now: now)
  }

  private func trouble(with route: Route, now: Moment) -> Trouble? {
    let wall = time.wall
    return ledger.withLock { ledger in
      var about: String?
      switch route {
      case .task(let id, _):
        ledger.adopt(id, now: now, wall: wall)
        about = id
      case .cancel(let id), .file(let id, _): about = id
      default: break
      }
      if let id = about, ledger.task(id) == nil { about = nil }
      let number = ledger.count(about: about)
      return Trouble.of(seed: options.seed, share: options.errors, key: about ?? "", number: number)
    }
  }

  /// 401 without the key, 429 above the rate. Output URLs need no key.
  private func refusal(of call: Call, _ route: Route, now: Moment) -> Reply? {
    if case .file = route { return nil }
    let caller = call.header("authorization") ?? ""
    if let key = options.key, caller != "Bearer \(key.reveal())" {
      ledger.withLock { $0.stats.unauthorized += 1 }
      return GatewayError.reply(401, "The API key is missing or not valid.", code: "invalid_api_key")
    }
    let (wait, refused) = ledger.withLock {
      ($0.excess(caller: caller, now: now), $0.stats.rateLimited)
    }
    guard let wait else { return nil }
    // Both spellings that RFC 9110 section 10.2.3 allows, in turn; neither shorter than the wait.
    let told =
      refused.isMultiple(of: 2)
      ? HTTPDate.text(Timestamp(milliseconds: time.wall.milliseconds + wait.milliseconds + 999))
      : String(Int(wait.seconds.rounded(.up)))
    return GatewayError.reply(
      429, "Too many requests.", code: "rate_limit_exceeded", headers: [HTTPHeader("retry-after", told)])
  }

  private func truth(_ call: Call, _ route: Route, now: Moment) -> Reply {
    switch route {
    case .about, .stats, .wrongPage: .html(404, title: "404 Not Found")
    case .wrongAPI:
      GatewayError.reply(404, "Invalid URL (\(call.method) \(call.path))", code: "not_found")
    case .redirect(let path):
      Reply(301, headers: [HTTPHeader("location", call.query.isEmpty ? path : "\(path)?\(call.query)")])
    case .task(let id, let surface): poll(call, id, surface, now: now)
    case .cancel(let id):
      ledger.withLock { $0.cancel(id, now: now) }
        ? Reply(204) : GatewayError.reply(404, "The task does not exist.", code: "task_not_exist")
    case .create(let media, let surface): create(call, media, surface)
    case .file(let id, let name): file(call, id, name, now: now)
    }
  }

  private func poll(_ call: Call, _ id: String, _ surface: Route.Surface, now: Moment) -> Reply {
    let task = ledger.withLock { $0.task(id) }
    guard let task, let phase = task.phase(at: now, speed: options.speed) else {
      ledger.withLock { $0.stats.notFound += 1 }
      return NotFoundShape(seed: options.seed, id: id).reply
    }
    var output: [String] = []
    if case .succeeded(let files) = phase {
      let age = task.age(at: now, speed: options.speed)
      let base = Self.origin(of: call)
      output = (0..<files).map { number in
        OutputFile(seed: options.seed, id: id, number: number, media: task.media).url(base: base, age: age)
      }
    }
    let answer = TaskAnswer(id: id, task: task, phase: phase, output: output, surface: surface)
    var writer = JSONWriter()
    if options.envelope { answer.writeEnvelope(&writer) } else { answer.write(&writer) }
    return Reply(200, "application/json", writer.bytes)
  }

  private func create(_ call: Call, _ media: Media, _ surface: Route.Surface) -> Reply {
    guard let body = call.body else {
      return GatewayError.reply(413, "The request body is too large.", code: "request_too_large")
    }
    guard (try? JSONSerialization.jsonObject(with: Data(body))) is [String: Any] else {
      return GatewayError.reply(400, "The request body is not a JSON object.", code: "invalid_request")
    }
    let id = create(media)
    return .json(200) { writer in
      writer.key("id")
      writer.string(id)
      guard surface == .runway else { return }
      writer.key("estimatedCost")
      writer.object { writer in
        writer.key("credits")
        writer.number(TaskAnswer.credits)
      }
    }
  }

  private func file(_ call: Call, _ id: String, _ name: String, now: Moment) -> Reply {
    guard let task = ledger.withLock({ $0.task(id) }),
      case .succeeded(let files) = task.phase(at: now, speed: options.speed),
      let number = name.split(separator: ".").first.flatMap({ Int($0) }), (0..<files).contains(number)
    else { return .html(404, title: "404 Not Found") }
    let file = OutputFile(seed: options.seed, id: id, number: number, media: task.media)
    guard file.name == name else { return .html(404, title: "404 Not Found") }
    let age = task.age(at: now, speed: options.speed)
    guard file.accepts(call.parameter("token") ?? "", age: age, lasting: options.outputsLast.seconds) else {
      return OutputFile.expired
    }
    return file.reply(to: call)
  }

  /// The address under which the client knows this server, from its `Host` header; a relative one where
  /// that cannot be part of a URL.
  private static func origin(of call: Call) -> String {
    guard let host = call.header("host"), !host.isEmpty else { return "" }
    let fits = host.utf8.allSatisfy { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
      default: ".-_:[]".utf8.contains(byte)
      }
    }
    return fits ? "http://\(host)" : ""
  }

  static let about = """
    taskhook simulate: a stand-in for the Runway task API, as CometAPI serves it.

      POST   /runwayml/v1/image_to_video   creates a task (and text_to_video, text_to_image, …)
      GET    /runwayml/v1/tasks/ID         tells its status
      DELETE /runwayml/v1/tasks/ID         cancels it
      GET    /files/ID/0.mp4?token=…       a file it made
      GET    /_simulator/stats             what has been asked so far

    The same under /v1/, where Runway itself has them. An id that begins with "sim-" need not be
    created: it becomes a task when it is first asked for.

    """
}
