import Crypto
import Foundation
import HTTP
import Logging
import Model
import Synchronization
import Templates
import TestSupport
import Testing

@testable import Outputs

/// A saver with all that it needs: a folder and a store of its own, a real transport, a clock that is turned.
final class SaveBench: Sendable {
  let folder: String
  let store: any Store
  let scripted: ScriptedStore
  let time = ManualTime()
  let loop: CurlLoop
  let renewer = ScriptedRenewer()
  let observer = RecordingObserver()
  private let told = Mutex<[(event: BoundEvent, released: [String])]>([])

  init(store: (any Store)? = nil) throws {
    folder = NSTemporaryDirectory() + "outputs-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    scripted = ScriptedStore()
    self.store = store ?? scripted
    loop = try CurlLoop()
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  var target: String { folder + "/out" }
  var parts: String { folder + "/.taskhook-parts" }

  /// What was settled, in order.
  var settled: [(event: BoundEvent, released: [String])] { told.withLock { $0 } }

  func settings(
    name: String = FileName.usual, limit: Int64? = nil, connections: Int = 4,
    giveUpAfter: Duration = .seconds(6 * 3600), allow: String? = "127.0.0.0/8", to target: SaveTarget? = nil
  ) throws -> OutputSettings {
    OutputSettings(
      target: target ?? .folder(self.target),
      name: try TextTemplate(name, escape: .path, knowing: FileName.words), limit: limit,
      connections: connections, giveUpAfter: giveUpAfter,
      allowed: try allow.map { [.addresses(try #require(AddressRange($0)))] } ?? [])
  }

  func saver(
    _ settings: OutputSettings?, base: String = "https://api.example/v1", headers: [HTTPHeader] = [],
    transport: (any HTTPTransport)? = nil, router: FixedRouter = FixedRouter(["told"])
  ) -> Saver {
    Saver(
      [Saver.Source(name: "runway", settings: settings, baseURL: base, ownHeaders: headers)],
      partsFolder: parts, store: store, transport: transport ?? loop, router: router, renewer: renewer,
      time: time, log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, observer: observer
    ) { [self] event, released in told.withLock { $0.append((event, released)) } }
  }

  /// Orders the saving of these outputs.
  func offer(
    _ urls: [String], row: Int64 = 1, id: String = "d0658ae1", isOwn: Bool = false,
    labels: [String: String] = [:],
    files: [Int: SaveProgress] = [:], source: String = "runway", orderedAt: Timestamp = sampleTime,
    sequence: Int = 3
  ) {
    var event = sampleEvent(source: source, id: id, labels: labels)
    event.sequence = sequence
    scripted.offer(
      PendingSave(
        row: row, ref: TaskRef(source: source, id: id), event: event,
        outputs: urls.map { TaskOutput(url: $0, isOwn: isOwn) }, files: files, orderedAt: orderedAt))
  }

  /// Runs a saver until all is saved or has failed, turning the clock whenever nothing but time is waited for.
  @discardableResult
  func run(_ saver: Saver, sourceLocation: SourceLocation = #_sourceLocation) async -> Event? {
    await saver.start()
    await finish(saver, sourceLocation: sourceLocation)
    return settled.last?.event.event
  }

  func finish(_ saver: Saver, sourceLocation: SourceLocation = #_sourceLocation) async {
    await eventually(sourceLocation: sourceLocation) {
      if time.sleepers > 0 { time.advance(by: .seconds(1)) }
      return await saver.isIdle
    }
    await saver.stop()
  }

  // MARK: What is in the folder

  func bytes(_ path: String) -> [UInt8]? {
    FileManager.default.contents(atPath: path.hasPrefix("/") ? path : target + "/" + path).map(Array.init)
  }

  /// All files below the target, hidden ones too, sorted.
  var files: [String] {
    let found = FileManager.default.enumerator(atPath: target)?.compactMap { $0 as? String } ?? []
    return found.filter { path in
      var isFolder: ObjCBool = false
      _ = FileManager.default.fileExists(atPath: target + "/" + path, isDirectory: &isFolder)
      return !isFolder.boolValue
    }.sorted()
  }

  func write(_ bytes: [UInt8], to path: String) throws {
    let path = path.hasPrefix("/") ? path : target + "/" + path
    try FileManager.default.createDirectory(
      atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try Data(bytes).write(to: URL(fileURLWithPath: path))
  }

  /// The name of the temporary file of an output.
  static func partName(_ output: Int = 0, id: String = "d0658ae1") -> String {
    PartName.of(TaskRef(source: "runway", id: id), output: output)
  }
}

/// A file's content, other for each seed.
func content(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
  var random = SeededRandom(seed: seed)
  var bytes: [UInt8] = []
  bytes.reserveCapacity(count + 8)
  while bytes.count < count { withUnsafeBytes(of: random.next()) { bytes.append(contentsOf: $0) } }
  return Array(bytes.prefix(count))
}

func sha256(_ bytes: [UInt8]) -> String { SHA256.hash(data: bytes).hexadecimal }

/// Renews as it is told to, and counts.
final class ScriptedRenewer: OutputRenewer {
  private let state = Mutex<(answers: [OutputRenewal], asked: [TaskAddress])>(([], []))

  var asked: [TaskAddress] { state.withLock { $0.asked } }
  func script(_ answers: OutputRenewal...) { state.withLock { $0.answers += answers } }

  func outputs(of task: TaskAddress, source: String) async -> OutputRenewal {
    let answer: OutputRenewal? = state.withLock { state in
      state.asked.append(task)
      return state.answers.isEmpty ? nil : state.answers.removeFirst()
    }
    if let answer { return answer }
    Issue.record("a renewal that no test scripts")
    return .never(reason: "no test scripts this")
  }
}

final class RecordingObserver: SaveObserver {
  struct Word: Equatable {
    var output: Int
    var count: Int
    var bytes: Int64
    var total: Int64?
  }

  private let state = Mutex<(words: [Word], ended: [Event])>(([], []))

  var words: [Word] { state.withLock { $0.words } }
  var ended: [Event] { state.withLock { $0.ended } }

  func progress(_ ref: TaskRef, output: Int, of count: Int, bytes: Int64, total: Int64?) {
    state.withLock { $0.words.append(Word(output: output, count: count, bytes: bytes, total: total)) }
  }

  func ended(_ event: Event) { state.withLock { $0.ended.append(event) } }
}
