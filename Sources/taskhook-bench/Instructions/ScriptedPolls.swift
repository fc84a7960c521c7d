import Logging
import Model
import Providers
import Storage
import Synchronization
import Watching

/// A run of so many polls that is the same each time, without network, clock and threads beside it: the daemon's own
/// watcher and provider, whose tasks stay as they are. It is what `InstructionBenchmark` counts the instructions of.
struct ScriptedPolls {
  static let command = "scripted-polls"

  /// What the bodies of two polls of one task have in common.
  enum Kind: String, CaseIterable {
    /// No two are alike, and all say the same of the task.
    case differing
    case same
  }

  private static let tasks = 2000
  /// Between two answers. All tasks together take longer than the pace of one, so that each is due when its turn comes.
  private static let pause = Duration.microseconds(20)
  private static let every = Duration.milliseconds(20)

  private let kind: Kind

  init(_ kind: Kind) { self.kind = kind }

  func run(_ count: Int) throws {
    let time = ScriptedTime()
    let bodies = Bodies(differ: kind == .differing)
    let loop = ScriptedLoop(time: time, pause: Self.pause) {
      HTTPResponse(status: 200, headers: Self.headers, body: bodies.next())
    }
    let log = Logger(label: "scripted") { _ in SwiftLogNoOpLogHandler() }
    let settings = ProviderSettings(
      mapping: try Preset.runway.mapping(), baseURL: try BaseURL("https://api.example.com"),
      apiKey: Secret("key"))
    var rules = WatchRules()
    rules.every = Self.every
    rules.slowest = Self.every
    rules.rate = Rate(1_000_000_000, per: .seconds(1))
    rules.connections = 64
    let watcher = SourceWatcher(
      name: "api", provider: MappedProvider(settings, timeout: rules.timeout, wall: { time.wall }),
      rules: rules,
      record: nil, loop: loop, router: NoHooks(),
      journal: Journal(store: try SQLiteStore.inMemory(time: time), time: time, log: log) { _ in },
      time: time,
      log: log)
    let records = Self.records(at: time.wall)
    Task {
      await watcher.add(records, spread: true)
      await watcher.start()
    }
    loop.run(answers: count)
  }

  private static let headers = HTTPHeaders([
    HTTPHeader("Server", "nginx"), HTTPHeader("Content-Type", "application/json"),
    HTTPHeader("Connection", "keep-alive"),
  ])

  /// Tasks that were seen running before: nothing of what is polled is news to the store.
  private static func records(at now: Timestamp) -> [TaskRecord] {
    (1...tasks).map { number in
      TaskRecord(
        row: Int64(number),
        ref: TaskRef(source: "api", id: "d0658ae1-1f5a-4c2e-9d2f-\(100_000_000_000 + number)"),
        status: "RUNNING", state: .running, progress: 0.42, sequence: 1, firstSeen: now, changedAt: now,
        createdAt: now)
    }
  }

  private struct NoHooks: EventRouter {
    func hooks(for event: Event) -> [String] { [] }
    func wantsProgress(of source: String) -> Bool { false }
    func wantsProgress(_ callback: TaskCallback) -> Bool { false }
  }

  /// The task object, of some 400 bytes.
  private final class Bodies: Sendable {
    private static let text =
      #"{"id":"d0658ae1-1f5a-4c2e-9d2f-100000000001","status":"RUNNING","createdAt":"2026-01-01T00:00:00.000Z","#
      + #""progress":0.42,"note":"\#(String(repeating: "x", count: 250))","t":"0000000000000000"}"#
    private static let bytes = Array(text.utf8)

    private let differ: Bool
    private let count = Atomic<Int>(0)

    init(differ: Bool) { self.differ = differ }

    func next() -> [UInt8] {
      guard differ else { return Self.bytes }
      var body = Self.bytes
      var number = count.add(1, ordering: .relaxed).newValue
      var place = body.count - 3
      while number > 0 {
        body[place] = UInt8(ascii: "0") + UInt8(number % 10)
        number /= 10
        place -= 1
      }
      return body
    }
  }
}
