import Logging
import Model
import Synchronization

/// All hooks' queues, and those of the servers that tasks' own webhooks lead to. None waits for another.
package final class Dispatcher: Sendable {
  /// A hook as it is set up.
  package struct Entry: Sendable {
    package var name: String
    package var hook: any Hook
    package var rules: DeliveryRules

    package init(name: String, hook: any Hook, rules: DeliveryRules) {
      self.name = name
      self.hook = hook
      self.rules = rules
    }
  }

  /// Sets up the queue of one server of callbacks, by its name (`TaskCallback.hook`).
  package typealias CallbackEntry = @Sendable (_ name: String) -> Entry

  private let table: Mutex<QueueTable>
  private let router: CurrentRouter
  private let store: any Store
  private let executor: any SerialExecutor
  private let time: any TimeSource
  private let log: Logger
  private let observer: (any DeliveryObserver)?
  /// Whether what the store has for callbacks is not looked through yet.
  private let isLooking = Atomic<Bool>(false)

  /// How long attempts of a hook that the config has no more may go on.
  private static let patience: Duration = .seconds(10)

  /// `router` says which hooks are told of what befalls another. Without `callbacks` what is bound for tasks' own
  /// webhooks waits in the store. `executor` is that of the HTTP loop that requests go out on.
  package init(
    _ entries: [Entry], states: [String: HookState], store: any Store, router: any EventRouter,
    executor: any SerialExecutor, time: any TimeSource, log: Logger, observer: (any DeliveryObserver)? = nil,
    callbacks: CallbackEntry? = nil
  ) {
    self.store = store
    self.executor = executor
    self.time = time
    self.log = log
    self.observer = observer
    self.router = CurrentRouter(router)
    table = Mutex(QueueTable(entries, callbacks: callbacks))
    for entry in entries {
      let queue = queue(entry, states[entry.name] ?? HookState())
      table.withLock { $0.add(queue, at: time.now) }
    }
  }

  private func queue(_ entry: Entry, _ state: HookState) -> HookQueue {
    HookQueue(
      name: entry.name, hook: entry.hook, rules: entry.rules, state: state, store: store, router: router,
      executor: executor, time: time, log: log, observer: observer)
  }

  package func start() async {
    let (queues, hasCallbacks) = table.withLock { table in
      table.phase = .running
      return (table.queues, table.callbacks != nil)
    }
    for queue in queues { await start(queue) }
    guard hasCallbacks else { return }
    isLooking.store(true, ordering: .relaxed)
    Task { await openWaiting() }
  }

  private func start(_ queue: HookQueue) async {
    await queue.start { [weak self] events in self?.announce(events) }
  }

  // MARK: Calls

  /// The store has new deliveries for these events' hooks.
  package func announce(_ events: [BoundEvent]) {
    var names: Set<String> = []
    for event in events { names.formUnion(event.hooks) }
    for name in names { notify(name) }
  }

  package func notify(_ hook: String) {
    switch table.withLock({ $0.call(hook, at: time.now) }) {
    case .nothing: break
    case .open: Task { await open([hook]) }
    case .tell(let queue):
      // It may be on its way out: then another takes its place.
      Task { if await !queue.notify() { notify(hook) } }
    }
  }

  package func resume(_ hook: String) {
    guard case .tell(let queue) = table.withLock({ $0.call(hook, resumed: true, at: time.now) }) else {
      return
    }
    Task { await queue.resume() }
  }

  // MARK: Queues that come and go

  /// Opens the queues of callbacks for which the store has something left.
  private func openWaiting() async {
    let waiting = await insist { () async throws(StoreError) in try await self.store.openDeliveries() }
    let names = (waiting ?? [:]).keys.filter(TaskCallback.isHook).filter { name in
      if case .open = table.withLock({ $0.call(name, at: time.now) }) { true } else { false }
    }
    await open(names)
    isLooking.store(false, ordering: .relaxed)
  }

  /// Opens queues that the table says are opening: with what the store has of them, after what ran under their names.
  private func open(_ names: [String]) async {
    if names.isEmpty { return }
    for name in names {
      guard let queue = table.withLock({ $0.leaving[name] }) else { continue }
      await leave(queue)
    }
    let states = await insist { () async throws(StoreError) in try await self.store.hookStates() }
    for name in names {
      let opened = table.withLock { table in
        table.opened(name, at: time.now) { queue($0, states?[name] ?? HookState()) }
      }
      guard let (queue, calls) = opened else { continue }
      await start(queue)
      if calls.isResumed { await queue.resume() }
    }
    for queue in table.withLock({ $0.idlers(at: time.now) }) { await ask(queue) }
  }

  /// Lets a queue of callbacks go where it has nothing to do.
  private func ask(_ queue: HookQueue) async {
    let isGone = await queue.retire()
    let calls = table.withLock { $0.asked(queue, isGone: isGone, at: time.now) }
    if calls.isResumed { resume(queue.name) }
    if calls.isWanted { notify(queue.name) }
  }

  private func leave(_ queue: HookQueue) async {
    await queue.stop(deadline: time.now + Self.patience)
    table.withLock { $0.left(queue) }
  }

  /// Asks the store until it answers; nil once this is stopped.
  private func insist<Answer: Sendable>(
    _ ask: @Sendable () async throws(StoreError) -> Answer
  ) async -> Answer? {
    var failures = 0
    while table.withLock({ $0.phase == .running }) {
      do throws(StoreError) {
        return try await ask()
      } catch {
        failures += 1
        if failures == 1 {
          log.error("the state of hooks cannot be read; tried again", metadata: ["error": "\(error)"])
        }
        try? await time.sleep(until: time.now + HookQueue.backoff(failures))
      }
    }
    return nil
  }

  /// Goes over to the hooks of another config. `entries` are all that it has; those in `unchanged` go on as they are,
  /// others of a known name go on in their queues with what is new about them: what waits, what was promised to
  /// receivers and how often they failed stays. Hooks that are gone begin nothing more; what runs may end. `callbacks`
  /// is nil where nothing changed about them.
  package func reconfigure(
    _ entries: [Entry], unchanged: Set<String> = [], router: any EventRouter, callbacks: CallbackEntry? = nil
  ) async {
    self.router.set(router)
    let turn = table.withLock { $0.turn(to: entries, unchanged: unchanged, callbacks: callbacks) }
    for (queue, entry) in turn.changed { await queue.adopt(entry.hook, entry.rules) }
    for queue in turn.gone { Task { await leave(queue) } }
    // One that waits for what ran under its name keeps no other waiting.
    for name in turn.new { Task { await open([name]) } }
  }

  // MARK: The end

  /// Starts no more attempts; running ones get `patience` to end, then they are broken off and will be made
  /// again at the next start.
  package func stop(patience: Duration) async {
    let deadline = time.now + patience
    let queues = table.withLock { table in
      table.phase = .stopped
      return table.queues + table.leaving.values
    }
    await withTaskGroup { group in
      for queue in queues { group.addTask { await queue.stop(deadline: deadline) } }
    }
  }

  // MARK: Looking

  private var queues: [HookQueue] { table.withLock { $0.queues } }

  /// How each queue stands, by their names.
  package func statuses() async -> [QueueStatus] {
    var statuses: [QueueStatus] = []
    for queue in queues { statuses.append(await queue.status) }
    return statuses.sorted { $0.name < $1.name }
  }

  /// The hooks that are not paused.
  package func working() async -> [String] {
    var names: [String] = []
    for queue in queues where await !queue.isPaused { names.append(queue.name) }
    return names
  }

  /// Whether no hook has anything that runs, or that is due now and may be sent.
  package func isIdle() async -> Bool {
    if isLooking.load(ordering: .relaxed) || table.withLock({ $0.isBetween }) { return false }
    for queue in queues where await !queue.isIdle { return false }
    return true
  }
}
