import Delivering
import Foundation
import Logging
import Model
import Outputs
import ServiceLifecycle
import Synchronization
import Watching

/// The watcher and the outbox at work on one store: what `run` runs, and `watch` and `demo` in small.
final class Daemon: Service {
  /// What a daemon is made of. `Assembly` makes it from a config.
  struct Parts: Sendable {
    var store: any Store
    var loop: any HTTPLoop
    var sources: [SourcePart]
    var saving: SavingPart
    var hooks: [Dispatcher.Entry]
    var router: any EventRouter
    /// Watched from the start.
    var tasks: [NewTask] = []
    var tasksFrom: String?
    var retention: Duration = .seconds(30 * 86400)
    var time: any TimeSource = SystemTime()
    var watchObserver: (any WatchObserver)?
    var deliveryObserver: (any DeliveryObserver)?
    var saveObserver: (any SaveObserver)?
    var eventObserver: (@Sendable ([BoundEvent]) -> Void)?
  }

  struct SourcePart: Sendable {
    var name: String
    var provider: any Provider
    var rules: WatchRules
    /// Nil where no outputs are kept.
    var outputs: OutputSettings?
    var baseURL: String
    var connection: ConnectionOptions
  }

  /// How output files come here.
  struct SavingPart: Sendable {
    /// Where parts of files are that go elsewhere once they are whole.
    var partsFolder: String
    var transport: any HTTPTransport
  }

  private let parts: Parts
  private let log: Logger
  private let dispatcher: Dispatcher
  private let journal: Journal
  private let watchers: [String: SourceWatcher]
  private let saver: Saver
  /// The last row that was loaded.
  private let lastRow = Mutex<Int64>(0)
  /// Whether the store may have tasks beyond it. A signal is told once; the loading that it asks for may fail.
  private let mayHaveTasks = Atomic<Bool>(false)

  /// Tasks loaded from the store in one go.
  private static let page = 10_000
  /// More tasks than this are not polled all at once.
  private static let herd = 10
  /// Other processes' wishes are noticed within this time.
  private static let glance: Duration = .milliseconds(200)
  /// How long running attempts may go on after a stop is asked for.
  static let patience: Duration = .seconds(10)

  private init(_ parts: Parts, states: [String: HookState], records: [SourceRecord], log: Logger) {
    self.parts = parts
    self.log = log
    let dispatcher = Dispatcher(
      parts.hooks, states: states, store: parts.store, router: parts.router, time: parts.time, log: log,
      observer: parts.deliveryObserver)
    let renewer = WatchedRenewer()
    let saver = Self.saver(parts, renewer, log) { event, released in
      parts.eventObserver?([event])
      dispatcher.announce([event])
      for hook in released { dispatcher.notify(hook) }
    }
    let journal = Journal(store: parts.store, time: parts.time, log: log) { events in
      parts.eventObserver?(events)
      dispatcher.announce(events)
      if events.contains(where: { $0.save != nil }) { saver.notify() }
    }
    self.dispatcher = dispatcher
    self.saver = saver
    self.journal = journal
    let known = Dictionary(uniqueKeysWithValues: records.map { ($0.name, $0) })
    let watchers = Dictionary(
      uniqueKeysWithValues: parts.sources.map { source in
        let watcher = SourceWatcher(
          name: source.name, provider: source.provider, rules: source.rules, record: known[source.name],
          loop: parts.loop, router: parts.router, journal: journal, time: parts.time, log: log,
          saving: source.saving, observer: parts.watchObserver)
        return (source.name, watcher)
      })
    self.watchers = watchers
    renewer.serve(
      Dictionary(
        uniqueKeysWithValues: parts.sources.map {
          ($0.name, WatchedRenewer.Source(watcher: watchers[$0.name]!, provider: $0.provider))
        }))
  }

  private static func saver(
    _ parts: Parts, _ renewer: any OutputRenewer, _ log: Logger,
    settled: @escaping @Sendable (BoundEvent, [String]) -> Void
  ) -> Saver {
    Saver(
      parts.sources.map { source in
        Saver.Source(
          name: source.name, settings: source.outputs, baseURL: source.baseURL,
          ownHeaders: source.provider.ownHeaders, connection: source.connection)
      },
      partsFolder: parts.saving.partsFolder, store: parts.store, transport: parts.saving.transport,
      router: parts.router, renewer: renewer, time: parts.time, log: log, observer: parts.saveObserver,
      settled: settled)
  }

  /// Takes up what the store has, registers the config's own tasks, and begins to watch and deliver.
  static func start(_ parts: Parts, log: Logger) async throws -> Daemon {
    let daemon = Daemon(
      parts, states: try await parts.store.hookStates(), records: try await parts.store.sourceRecords(),
      log: log)
    _ = try await parts.store.register(parts.tasks, mark: nil)
    let count = try await daemon.load()
    try await daemon.mentionHooksThatAreGone()
    await daemon.dispatcher.start()
    for watcher in daemon.watchers.values { await watcher.start() }
    await daemon.saver.start()
    log.notice(
      "watching",
      metadata: [
        "tasks": "\(count)", "sources": "\(parts.sources.count)", "hooks": "\(parts.hooks.count)",
      ])
    return daemon
  }

  /// Works until a graceful shutdown or cancellation.
  func run() async throws {
    await withTaskGroup { group in
      group.addTask { await self.every(Self.glance) { try await self.obeySignals() } }
      group.addTask { await self.every(.seconds(30)) { try await self.touch(limit: 500) } }
      let sweeps = min(.seconds(3600), max(.seconds(1), self.parts.retention / 4))
      group.addTask { await self.every(sweeps) { try await self.sweep() } }
      if parts.tasksFrom != nil { group.addTask { await self.followTasksFile() } }
      try? await gracefulShutdown()
      group.cancelAll()
    }
    await stop()
  }

  /// Ends polling, lets running attempts finish for `patience`, writes what is left.
  func stop() async {
    log.notice("stopping")
    for watcher in watchers.values { await watcher.stop() }
    await saver.stop()
    await dispatcher.stop(patience: Self.patience)
    let deadline = parts.time.now + .seconds(10)
    while journal.backlog > 0 && parts.time.now < deadline {
      try? await parts.time.sleep(until: parts.time.now + .milliseconds(10))
    }
    do { try await touch(limit: 10_000) } catch {
      log.warning("poll times were not noted", metadata: ["error": "\(error)"])
    }
    log.notice("stopped")
  }

  /// Whether all that was recorded is delivered or dead, but for what waits for a paused hook.
  func isDone() async -> Bool {
    guard journal.backlog == 0, await saver.isIdle, await dispatcher.isIdle() else { return false }
    for hook in await dispatcher.working() {
      let open = DeliverySelection(hook: hook, states: [.held, .waiting, .ready], limit: 1)
      guard let found = try? await parts.store.deliveries(open), found.isEmpty else { return false }
    }
    return true
  }

  // MARK: Tasks

  /// Hands the watched tasks of the store to their watchers, those that came since the last time; answers how
  /// many.
  @discardableResult
  private func load() async throws -> Int {
    var last = lastRow.withLock { $0 }
    var count = 0
    var strangers: [String: Int] = [:]
    while true {
      let page = try await parts.store.watched(after: last, limit: Self.page)
      for (source, tasks) in Dictionary(grouping: page, by: \.ref.source) {
        guard let watcher = watchers[source] else {
          strangers[source, default: 0] += tasks.count
          continue
        }
        await watcher.add(tasks, spread: tasks.count > Self.herd)
        count += tasks.count
      }
      last = page.last?.row ?? last
      lastRow.withLock { $0 = last }
      if page.count < Self.page { break }
    }
    for (source, count) in strangers {
      log.warning(
        "tasks of a source that the config does not have are not polled",
        metadata: ["source": "\(source)", "tasks": "\(count)"])
    }
    return count
  }

  /// What waits for a hook that the config no longer has goes out once it has it again.
  private func mentionHooksThatAreGone() async throws {
    let known = Set(parts.hooks.map(\.name))
    for (hook, count) in try await parts.store.openDeliveries().sorted(by: { $0.key < $1.key })
    where !known.contains(hook) {
      log.warning(
        "deliveries wait for a hook that the config does not have",
        metadata: ["hook": "\(hook)", "deliveries": "\(count)"])
    }
  }

  private func watch(_ records: [TaskRecord]) async {
    for (source, tasks) in Dictionary(grouping: records, by: \.ref.source) {
      await watchers[source]?.add(tasks, spread: tasks.count > Self.herd)
    }
  }

  private func obeySignals() async throws {
    for signal in SignalOrder.of(try await parts.store.signals()) {
      switch signal {
      case .tasksAdded: mayHaveTasks.store(true, ordering: .relaxed)
      case .watchAgain(let record): await watchers[record.ref.source]?.restart(record)
      case .unwatch(let row, let ref): await watchers[ref.source]?.remove(row: row)
      case .callbackSet(let row, let ref, let callback): await watchers[ref.source]?.set(callback, of: row)
      case .savesOrdered: saver.notify()
      case .replayed(let hook): dispatcher.notify(hook)
      case .resumed(let hook): dispatcher.resume(hook)
      }
    }
    if mayHaveTasks.load(ordering: .relaxed) {
      try await load()
      mayHaveTasks.store(false, ordering: .relaxed)
    }
  }

  private func touch(limit: Int) async throws {
    for watcher in watchers.values {
      let polled = await watcher.untouched(limit: limit)
      if !polled.isEmpty { try await parts.store.touch(polled) }
    }
  }

  private func sweep() async throws {
    let before = Timestamp(milliseconds: parts.time.wall.milliseconds - parts.retention.milliseconds)
    let count = try await parts.store.sweep(endedBefore: before)
    if count > 0 { log.info("ended tasks deleted", metadata: ["tasks": "\(count)"]) }
  }

  private func followTasksFile() async {
    guard let path = parts.tasksFrom else { return }
    let mark = try? await parts.store.mark(TasksFile.markName(of: path))
    var file = TasksFile(path: path, mark: mark)
    var isReadable = true
    while !Task.isCancelled {
      do {
        while let chunk = try file.read() { await take(chunk, of: path) }
        isReadable = true
      } catch {
        if isReadable {
          log.error("tasks_from cannot be read", metadata: ["path": "\(path)", "error": "\(error)"])
        }
        isReadable = false
      }
      try? await parts.time.sleep(until: parts.time.now + .milliseconds(500))
    }
  }

  private func take(_ chunk: TasksFile.Chunk, of path: String) async {
    let sources = parts.sources.map(\.name)
    var tasks: [NewTask] = []
    for line in chunk.lines {
      do throws(TaskLine.Refusal) {
        let fallback = sources.count == 1 ? sources[0] : nil
        if let task = try TaskLine.read(line.bytes, source: fallback, sources: sources) { tasks.append(task) }
      } catch {
        log.warning(
          "a line of tasks_from is no task",
          metadata: ["path": "\(path)", "line": "\(line.number)", "reason": "\(error)"])
      }
    }
    while !Task.isCancelled {
      do throws(StoreError) {
        let added = try await parts.store.register(tasks, mark: chunk.mark).compactMap { registration in
          if case .added(let record) = registration { record } else { nil }
        }
        if !added.isEmpty {
          log.info("tasks added", metadata: ["count": "\(added.count)", "from": "\(path)"])
        }
        return await watch(added)
      } catch {
        log.error("tasks cannot be registered; tried again", metadata: ["error": "\(error)"])
        try? await parts.time.sleep(until: parts.time.now + .seconds(5))
      }
    }
  }

  // MARK: Loops

  /// Does something again and again until cancelled; what fails is logged once until it works.
  private func every(_ interval: Duration, _ work: @Sendable () async throws -> Void) async {
    var works = true
    while !Task.isCancelled {
      do {
        try await work()
        works = true
      } catch {
        if works { log.error("the state cannot be used", metadata: ["error": "\(error)"]) }
        works = false
      }
      try? await parts.time.sleep(until: parts.time.now + interval)
    }
  }
}

extension Daemon.SourcePart {
  fileprivate var saving: SourceWatcher.Saving {
    guard let outputs else { return .nothing }
    return outputs.holdsHooks ? .outputsBeforeHooks : .outputs
  }
}
