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
  let ground: Ground
  let log: Logger
  let dispatcher: Dispatcher
  let journal: Journal
  let saver: Saver
  let renewer = WatchedRenewer()
  let pulse: PollPulse
  let storeProbe: StoreProbe
  /// The plan that holds now, and the watchers of its sources.
  let work: Mutex<Work>
  /// One reload at a time.
  let reloading = Mutex<Bool>(false)
  /// The last row that was loaded.
  let lastRow = Mutex<Int64>(0)
  /// Whether the store may have tasks beyond it. A signal is told once; the loading that it asks for may fail.
  let mayHaveTasks = Atomic<Bool>(false)

  struct Work: Sendable {
    var plan: Plan
    var watchers: [String: SourceWatcher]
  }

  /// Tasks loaded from the store in one go.
  static let page = 10_000
  /// More tasks than this are not polled all at once.
  static let herd = 10
  /// Other processes' wishes are noticed within this time.
  private static let glance: Duration = .milliseconds(400)
  /// How long running attempts may go on after a stop is asked for.
  static let patience: Duration = .seconds(10)

  private init(
    _ ground: Ground, _ plan: Plan, states: [String: HookState], records: [SourceRecord], log: Logger
  ) {
    self.ground = ground
    self.log = log
    pulse = PollPulse(loop: ground.polling, time: ground.time)
    storeProbe = StoreProbe(store: ground.store, time: ground.time)
    let dispatcher = Dispatcher(
      plan.hooks.map(\.entry), states: states, store: ground.store, router: plan.router,
      executor: ground.delivering.executor, time: ground.time, log: log, observer: ground.deliveryObserver,
      callbacks: plan.callbacks)
    let saver = Saver(
      plan.sources.map(\.saver), partsFolder: ground.partsFolder, store: ground.store,
      transport: ground.saving, router: plan.router, renewer: renewer, time: ground.time, log: log,
      observer: ground.saveObserver
    ) { event, released in
      ground.eventObserver?([event])
      dispatcher.announce([event])
      for hook in released { dispatcher.notify(hook) }
    }
    let journal = Journal(store: ground.store, time: ground.time, log: log) { events in
      ground.eventObserver?(events)
      dispatcher.announce(events)
      if events.contains(where: { $0.save != nil }) { saver.notify() }
    }
    self.dispatcher = dispatcher
    self.saver = saver
    self.journal = journal
    let known = Dictionary(uniqueKeysWithValues: records.map { ($0.name, $0) })
    let watchers = Dictionary(
      uniqueKeysWithValues: plan.sources.map { source in
        let watcher = Self.watcher(
          of: source, record: known[source.name], ground, router: plan.router, journal: journal, log: log)
        return (source.name, watcher)
      })
    work = Mutex(Work(plan: plan, watchers: watchers))
    serveRenewals()
  }

  static func watcher(
    of source: SourcePlan, record: SourceRecord?, _ ground: Ground, router: any EventRouter,
    journal: Journal, log: Logger
  ) -> SourceWatcher {
    SourceWatcher(
      name: source.name, provider: source.provider, rules: source.rules, record: record,
      loop: ground.polling, router: router, journal: journal, time: ground.time, log: log,
      saving: source.saving, observer: ground.watchObserver)
  }

  var plan: Plan { work.withLock { $0.plan } }
  var watchers: [String: SourceWatcher] { work.withLock { $0.watchers } }

  /// Tells the saver by whom URLs are renewed.
  func serveRenewals() {
    let (plan, watchers) = work.withLock { ($0.plan, $0.watchers) }
    renewer.serve(
      Dictionary(
        uniqueKeysWithValues: plan.sources.compactMap { source in
          watchers[source.name].map {
            (source.name, WatchedRenewer.Source(watcher: $0, provider: source.provider))
          }
        }))
  }

  /// Takes up what the store has, registers the config's own tasks, and begins to watch and deliver.
  static func start(_ ground: Ground, _ plan: Plan, log: Logger) async throws -> Daemon {
    let daemon = Daemon(
      ground, plan, states: try await ground.store.hookStates(),
      records: try await ground.store.sourceRecords(), log: log)
    _ = try await ground.store.register(plan.tasks, mark: nil)
    try await daemon.recallPaces(of: daemon.watchers)
    try await daemon.mentionHooksThatAreGone()
    await daemon.dispatcher.start()
    // Before there is anything to watch: the first tasks are polled while the others are read.
    for watcher in daemon.watchers.values { await watcher.start() }
    let count = try await daemon.load()
    await daemon.saver.start()
    daemon.pulse.start()
    log.notice(
      "watching",
      metadata: [
        "tasks": "\(count)", "sources": "\(plan.sources.count)", "hooks": "\(plan.hooks.count)",
      ])
    return daemon
  }

  /// Works until a graceful shutdown or cancellation.
  func run() async throws {
    await withTaskGroup { group in
      group.addTask { await self.every({ Self.glance }) { try await self.obeySignals() } }
      group.addTask { await self.every({ .seconds(30) }) { try await self.touch(limit: 500) } }
      group.addTask {
        await self.every({ min(.seconds(3600), max(.seconds(1), self.plan.retention / 4)) }) {
          try await self.sweep()
        }
      }
      group.addTask { await self.followTasksFile() }
      group.addTask { await Heartbeat(daemon: self).run() }
      try? await gracefulShutdown()
      group.cancelAll()
    }
    await stop()
  }

  /// Ends polling, lets running attempts finish for `patience`, writes what is left.
  func stop() async {
    log.notice("stopping")
    pulse.stop()
    for watcher in watchers.values { await watcher.stop() }
    await saver.stop()
    await dispatcher.stop(patience: Self.patience)
    let deadline = ground.time.now + .seconds(10)
    while journal.backlog > 0 && ground.time.now < deadline {
      try? await ground.time.sleep(until: ground.time.now + .milliseconds(10))
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
      guard let found = try? await ground.store.deliveries(open), found.isEmpty else { return false }
    }
    return true
  }

  // MARK: Upkeep

  /// What waits for a hook that the config no longer has goes out once it has it again.
  func mentionHooksThatAreGone() async throws {
    let known = Set(plan.hooks.map(\.name))
    for (hook, count) in try await ground.store.openDeliveries().sorted(by: { $0.key < $1.key })
    where !known.contains(hook) && !TaskCallback.isHook(hook) {
      log.warning(
        "deliveries wait for a hook that the config does not have",
        metadata: ["hook": "\(hook)", "deliveries": "\(count)"])
    }
  }

  /// Tells watchers what earlier tasks have taught.
  func recallPaces(of watchers: [String: SourceWatcher]) async throws(StoreError) {
    let paces = try await ground.store.paces(limit: SourceWatcher.kinds)
    for watcher in watchers.values { await watcher.recall(paces) }
  }

  /// Writes what of watching need not be written at once.
  private func touch(limit: Int) async throws {
    for watcher in watchers.values {
      let polled = await watcher.untouched(limit: limit)
      if !polled.isEmpty { try await ground.store.touch(polled) }
      let learnt = await watcher.learnt(limit: limit)
      if !learnt.isEmpty { try await ground.store.keep(learnt) }
    }
  }

  private func sweep() async throws {
    let before = Timestamp(milliseconds: ground.time.wall.milliseconds - plan.retention.milliseconds)
    let count = try await ground.store.sweep(endedBefore: before)
    if count > 0 { log.info("ended tasks deleted", metadata: ["tasks": "\(count)"]) }
  }

  /// Does something again and again until cancelled; what fails is logged once until it works.
  private func every(_ interval: () -> Duration, _ work: @Sendable () async throws -> Void) async {
    var works = true
    while !Task.isCancelled {
      do {
        try await work()
        works = true
      } catch {
        if works { log.error("the state cannot be used", metadata: ["error": "\(error)"]) }
        works = false
      }
      try? await ground.time.sleep(until: ground.time.now + interval())
    }
  }
}
