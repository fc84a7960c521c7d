import Model
import Synchronization
import Testing

@testable import Server

/// The daemon as a test scripts it, over a store. What steers goes to the store as the daemon's does; what no test
/// scripts is recorded as an issue.
final class ScriptedControl: Control {
  struct Script: Sendable {
    var sources = [status("runway")]
    var hooks: [HookStatus] = []
    var health = Health()
    var live: @Sendable (TaskRecord) -> TaskRecord = { $0 }
    var outputs: [TaskOutput] = []
    /// By the task's id.
    var refusals: [String: ControlRefusal] = [:]
    var callback: (@Sendable (String, String?, String?) throws(ControlRefusal) -> TaskCallback)?
    var trial: AttemptReport?
    /// Told of records that were added.
    var added: (@Sendable ([TaskRecord]) async -> Void)?
    /// Thrown by what would write.
    var fault: StoreError?
  }

  let store: any Store
  private let time: any TimeSource
  private let script: Mutex<Script>

  init(store: any Store, time: any TimeSource) {
    self.store = store
    self.time = time
    script = Mutex(Script())
  }

  func set(_ change: @Sendable (inout Script) -> Void) { script.withLock { change(&$0) } }

  static func status(_ name: String, down: String? = nil) -> SourceStatus {
    SourceStatus(
      name: name, provider: "runway", baseURL: "https://api.cometapi.com", down: down, watched: 3, overdue: 1,
      pollEvery: .seconds(6), rate: Rate(600, per: .seconds(60)), connections: 16, running: 2, polls: 100,
      failures: 4, pollsLastMinute: 10, failuresLastMinute: 1, pausedUntil: nil)
  }

  func sources() async -> [SourceStatus] { script.withLock { $0.sources } }
  func hooks() async -> [HookStatus] { script.withLock { $0.hooks } }
  func live(_ records: [TaskRecord]) async -> [TaskRecord] { records.map(script.withLock { $0.live }) }
  func health() async -> Health { script.withLock { $0.health } }

  func outputs(of task: [UInt8], ref: TaskRef, url: String?) -> [TaskOutput] {
    script.withLock { $0.outputs }
  }

  func refusal(of task: NewTask) -> ControlRefusal? {
    script.withLock { script in
      if !script.sources.contains(where: { $0.name == task.ref.source }) {
        return ControlRefusal("source", "there is no source \(task.ref.source)")
      }
      return script.refusals[task.ref.id]
    }
  }

  func callback(url: String, secret: String?, on: [UInt8]?) throws(ControlRefusal) -> TaskCallback {
    guard let make = script.withLock({ $0.callback }) else {
      Issue.record("no test scripts a callback")
      throw ControlRefusal("callback", "not scripted")
    }
    return try make(url, secret, on.map { String(decoding: $0, as: UTF8.self) })
  }

  func add(_ tasks: [NewTask]) async throws(StoreError) -> [Registration] {
    try check()
    let registrations = try await store.register(tasks, mark: nil)
    let records = registrations.compactMap { if case .added(let record) = $0 { record } else { nil } }
    await script.withLock { $0.added }?(records)
    return registrations
  }

  func remove(_ refs: [TaskRef]) async throws(StoreError) -> [TaskRef] { try await store.remove(refs) }

  func replay(_ selection: DeliverySelection, dryRun: Bool) async throws(StoreError) -> [DeliveryRow] {
    try await store.replay(selection, now: time.now, dryRun: dryRun)
  }

  func resume(hook: String) async throws(StoreError) -> Bool { try await store.resume(hook: hook) }

  func test(hook: String) async throws(CancellationError) -> AttemptReport {
    guard let report = script.withLock({ $0.trial }) else {
      Issue.record("no test scripts a trial of \(hook)")
      throw CancellationError()
    }
    return report
  }

  private func check() throws(StoreError) { if let fault = script.withLock({ $0.fault }) { throw fault } }
}
