import Logging
import Model
import Synchronization
import TestSupport
import Testing

@testable import Watching

/// Reads bodies that are just a status; everything else is as in SPEC section 5.
struct WordProvider: Provider {
  let vocabulary = ["PENDING", "RUNNING", "SUCCEEDED"]
  let reads = Reads()

  final class Reads: Sendable {
    let count = Atomic<Int>(0)
  }

  let batch = 1
  let ownHeaders: [HTTPHeader] = []

  func request(for tasks: [TaskAddress]) throws(AddressRefusal) -> HTTPRequest {
    HTTPRequest(Self.profile, url: "http://test/\(tasks[0].id)")
  }

  func read(_ response: HTTPResponse, of task: TaskAddress) -> PollStep { .read(read(response)) }

  func read(_ response: HTTPResponse, result: HTTPResponse, of task: TaskAddress) -> PollReading {
    read(response)
  }

  func read(_ response: HTTPResponse, of tasks: [TaskAddress]) -> [PollReading] {
    tasks.map { _ in read(response) }
  }

  func hint(_ response: HTTPResponse) -> Duration? { nil }

  func outputs(of task: [UInt8], at address: TaskAddress) -> [TaskOutput] { [] }

  private static let profile = HTTPProfile(method: "GET", timeout: .seconds(30), bodyLimit: 1000)

  private func read(_ response: HTTPResponse) -> PollReading {
    reads.count.add(1, ordering: .relaxed)
    switch response.status {
    case 200: break
    case 401: return .refused(reason: "401")
    case 404: return .notFound
    case 429: return .throttled(retryAfter: .seconds(30))
    default: return .failed(reason: "HTTP \(response.status)")
    }
    let word = String(decoding: response.body.prefix { $0 != UInt8(ascii: " ") }, as: UTF8.self)
    let state: TaskState = word == "SUCCEEDED" ? .succeeded : word == "RUNNING" ? .running : .pending
    return .observed(Observation(status: word, state: state, task: response.body))
  }
}

/// A watcher with its surroundings.
struct WatcherBench {
  let time = ManualTime()
  let store = ScriptedStore()
  let loop: ScriptedLoop
  let watcher: SourceWatcher
  let words = WordProvider()
  let journal: Journal

  init(
    rules: WatchRules = WatchRules(), down: String? = nil, provider: (any Provider)? = nil,
    saving: SourceWatcher.Saving = .nothing,
    announce: @escaping @Sendable ([BoundEvent]) -> Void = { _ in },
    answer: @escaping ScriptedLoop.Answer
  ) {
    loop = ScriptedLoop(time: time, answer: answer)
    let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    journal = Journal(store: store, time: time, log: log, announce: announce)
    watcher = SourceWatcher(
      name: "runway", provider: provider ?? words, rules: rules,
      record: down.map { SourceRecord(name: "runway", sequence: 1, down: $0) }, loop: loop,
      router: FixedRouter(), journal: journal, time: time, log: log, saving: saving)
  }

  func add(_ count: Int, spread: Bool = false) async {
    let records = (1...count).map {
      TaskRecord(row: Int64($0), ref: TaskRef(source: "runway", id: "t\($0)"), firstSeen: .start)
    }
    await watcher.add(records, spread: spread)
    await watcher.start()
  }

  static func body(_ text: String, _ status: Int = 200) -> Result<HTTPResponse, HTTPError> {
    .success(HTTPResponse(status: status, body: Array(text.utf8)))
  }
}

/// Counts from 1.
final class Counter: Sendable {
  private let count = Atomic<Int>(0)
  func next() -> Int { count.add(1, ordering: .relaxed).newValue }
}

final class Flag: Sendable {
  private let state = Atomic<Bool>(false)
  var isSet: Bool { state.load(ordering: .relaxed) }
  func set() { state.store(true, ordering: .relaxed) }
}
