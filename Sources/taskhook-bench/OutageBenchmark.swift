import Foundation

/// An outage of the receiver, and a daemon that is killed again and again meanwhile: nothing may be lost, nothing
/// may come out of order, and what comes twice was in flight at a kill.
struct OutageBenchmark {
  private static let tasks = 1000
  /// Statuses of each task; each is a delivery.
  private static let steps = 5
  private static let kills = 10
  private static let seed: UInt64 = 2026
  /// When the receiver goes down after the daemon's first start, and how: 30 s in all.
  private static let outage: [(at: Duration, to: Receiver)] = [
    (.seconds(6), .refusing), (.seconds(18), .failing), (.seconds(26), .refusing), (.seconds(36), .up),
  ]
  /// The time within which the kills fall, and tasks go on.
  private static let length = Duration.seconds(44)
  /// What the receiver takes for each request.
  private static let pause = Duration.milliseconds(20)
  /// When what has not come is lost, after `length`.
  private static let patience = Duration.seconds(120)

  private enum Receiver { case up, refusing, failing }
  private enum Step {
    case kill
    case receiver(Receiver)
  }

  private let tools: Tools

  init(_ tools: Tools) { self.tools = tools }

  func run() throws {
    let ids = (0..<Self.tasks).map { "task-\($0)" }
    let api = OutageAPI(steps: Self.steps, over: Self.length)
    let apiServer = try Server { api.answer($0) }
    defer { apiServer.stop() }
    let receiver = try OutageReceiver(pause: Self.pause)
    defer { receiver.close() }
    let folder = try Folder()
    let state = try Daemons(tools, folder: folder, api: apiServer.port, receiver: receiver.port)
    try Program.run(
      tools.taskhook, ["add", "-c", state.config, "-"], stdin: ids.joined(separator: "\n") + "\n")

    var inFlight: [Set<String>] = []
    let begun = ContinuousClock.now
    api.begin()
    try state.start()
    for (at, step) in Self.plan() {
      Self.sleep(until: begun + at)
      switch step {
      case .receiver(.up): try receiver.open()
      case .receiver(.failing): try receiver.fail()
      case .receiver(.refusing): receiver.close()
      case .kill:
        try state.kill()
        // What the dead daemon had sent is read to its end.
        while receiver.connections > 0 || apiServer.connections > 0 { usleep(1000) }
        inFlight.append(receiver.accepted.subtracting(try state.delivered()))
        try state.start()
      }
    }
    let expected = Self.tasks * Self.steps
    let deadline = begun + Self.length + Self.patience
    while receiver.accepted.count < expected, ContinuousClock.now < deadline { usleep(20_000) }
    try state.stop()
    let settled = try state.delivered().count
    let verdict = OutageVerdict(receiver.arrivals, tasks: ids, steps: Self.steps, inFlight: inFlight)
    show(verdict, inFlight: inFlight, attempts: receiver.arrivals.count)
    guard verdict.isGood, verdict.delivered == expected, settled == expected else {
      throw BenchError("\(expected) deliveries were expected once and in order; \(settled) are settled")
    }
  }

  /// What happens when, from the first start on.
  private static func plan() -> [(at: Duration, step: Step)] {
    var generator = SeededGenerator(seed: seed)
    let kills = (0..<kills).map { _ in
      (
        at: Duration.milliseconds(Int.random(in: 500...Int(length / .milliseconds(1)), using: &generator)),
        step: Step.kill
      )
    }
    return (kills + outage.map { ($0.at, .receiver($0.to)) }).sorted { $0.at < $1.at }
  }

  private func show(_ verdict: OutageVerdict, inFlight: [Set<String>], attempts: Int) {
    let flying = inFlight.map { String($0.count) }.joined(separator: " ")
    print(
      """
      | \(Self.tasks) tasks of \(Self.steps) statuses, receiver down for 30 s, \(inFlight.count) `kill -9` | |
      |---|---|
      | delivered | \(verdict.delivered) |
      | lost | \(verdict.lost) |
      | out of order | \(verdict.outOfOrder) |
      | duplicated | \(verdict.duplicated) |
      | of these not in flight at a kill | \(verdict.unexplained) |
      | in flight (accepted, not settled) at each kill | \(flying) |
      | requests that the receiver saw | \(attempts) |
      """)
  }

  private static func sleep(until moment: ContinuousClock.Instant) {
    let left = moment - .now
    if left > .zero { Thread.sleep(forTimeInterval: left / .seconds(1)) }
  }
}

/// One daemon after the other on the same state.
private final class Daemons {
  let config: String
  private let tools: Tools
  private let text: String
  private var life = 0
  private var current: Program?

  init(_ tools: Tools, folder: Folder, api: Int, receiver: Int) throws {
    self.tools = tools
    config = folder.path + "/config.yaml"
    text = """
      log: {level: error}
      sources:
        api:
          provider: runway
          base_url: http://127.0.0.1:\(api)
          headers: {X-Life: "LIFE"}
          poll: {every: 500ms, slowest: 1s, rate: 1000000/s, connections: 16}
      hooks:
        pipeline:
          on: change
          webhook: {url: "http://127.0.0.1:\(receiver)/"}
          retry: {attempts: 1000, first: 500ms, most: 2s}
          breaker: {after: 5, probe: 1s}
      """
    try write()
  }

  private func write() throws {
    try text.replacing("LIFE", with: "\(life)").write(toFile: config, atomically: true, encoding: .utf8)
  }

  func start() throws {
    life += 1
    try write()
    current = try Program(tools.taskhook, ["run", "-c", config])
  }

  func kill() throws {
    guard let current, current.isRunning else { throw BenchError("the daemon has ended by itself") }
    current.kill()
  }

  func stop() throws {
    guard let current, current.isRunning else { throw BenchError("the daemon has ended by itself") }
    current.stop()
  }

  /// The ids of the deliveries that are settled as delivered.
  func delivered() throws -> Set<String> { Set(try tools.delivered(config, hook: "pipeline").keys) }
}
