import Logging
import Model

/// All hooks' queues. None waits for another.
package final class Dispatcher: Sendable {
  private let queues: [String: HookQueue]
  private let time: any TimeSource

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

  /// `router` says which hooks are told of what befalls another.
  package init(
    _ entries: [Entry], states: [String: HookState], store: any Store, router: any EventRouter,
    time: any TimeSource, log: Logger, observer: (any DeliveryObserver)? = nil
  ) {
    self.time = time
    queues = Dictionary(
      uniqueKeysWithValues: entries.map { entry in
        (
          entry.name,
          HookQueue(
            name: entry.name, hook: entry.hook, rules: entry.rules, state: states[entry.name] ?? HookState(),
            store: store, router: router, time: time, log: log, observer: observer)
        )
      })
  }

  package func start() async {
    for queue in queues.values { await queue.start { [weak self] events in self?.announce(events) } }
  }

  /// The store has new deliveries for these events' hooks.
  package func announce(_ events: [BoundEvent]) {
    var names: Set<String> = []
    for event in events { names.formUnion(event.hooks) }
    for name in names { notify(name) }
  }

  package func notify(_ hook: String) {
    guard let queue = queues[hook] else { return }
    Task { await queue.notify() }
  }

  package func resume(_ hook: String) {
    guard let queue = queues[hook] else { return }
    Task { await queue.resume() }
  }

  /// Starts no more attempts; running ones get `patience` to end, then they are broken off and will be made
  /// again at the next start.
  package func stop(patience: Duration) async {
    let deadline = time.now + patience
    await withTaskGroup { group in
      for queue in queues.values { group.addTask { await queue.stop(deadline: deadline) } }
    }
  }

  /// The hooks that are not paused.
  package func working() async -> [String] {
    var names: [String] = []
    for (name, queue) in queues where await !queue.isPaused { names.append(name) }
    return names
  }

  /// Whether no hook has anything that runs, or that is due now and may be sent.
  package func isIdle() async -> Bool {
    for queue in queues.values where await !queue.isIdle { return false }
    return true
  }
}
