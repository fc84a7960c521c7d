import DequeModule
import Logging
import Model
import Synchronization

/// Writes changes to the store, in order. What arrives while a transaction runs shares the next one; what
/// cannot be written is kept and tried again, so that a full disk loses nothing.
package final class Journal: Sendable {
  private struct Entry: Sendable {
    let change: Change
    let done: (@Sendable () async -> Void)?
  }

  private struct State {
    var waiting: Deque<Entry> = []
    var isWriting = false
  }

  private let store: any Store
  private let time: any TimeSource
  private let log: Logger
  private let announce: @Sendable ([BoundEvent]) -> Void
  private let state = Mutex(State())

  /// Largest transaction, in changes.
  private static let batch = 2_000

  /// `announce` is told of events once they are in the store.
  package init(
    store: any Store, time: any TimeSource, log: Logger,
    announce: @escaping @Sendable ([BoundEvent]) -> Void
  ) {
    self.store = store
    self.time = time
    self.log = log
    self.announce = announce
  }

  /// `done` is called once the change is in the store.
  package func write(_ change: Change, done: (@Sendable () async -> Void)? = nil) {
    let begin = state.withLock { state in
      state.waiting.append(Entry(change: change, done: done))
      defer { state.isWriting = true }
      return !state.isWriting
    }
    if begin { Task { await drain() } }
  }

  /// How many changes are not in the store yet.
  package var backlog: Int { state.withLock { $0.waiting.count + ($0.isWriting ? 1 : 0) } }

  private func drain() async {
    var failures = 0
    while let entries = next() {
      while true {
        do throws(StoreError) {
          try await store.commit(entries.map(\.change))
          if failures > 0 { log.notice("the state can be written again") }
          failures = 0
          break
        } catch {
          failures += 1
          if failures == 1 {
            log.error(
              "the state cannot be written; changes are kept in memory and tried again",
              metadata: ["error": "\(error)"])
          }
          let wait = min(.seconds(30), .milliseconds(500) * (1 << min(failures, 7)))
          try? await time.sleep(until: time.now + wait)
        }
      }
      let events = entries.flatMap { $0.change.events }
      if !events.isEmpty { announce(events) }
      for entry in entries { await entry.done?() }
    }
  }

  private func next() -> [Entry]? {
    state.withLock { state in
      guard !state.waiting.isEmpty else {
        state.isWriting = false
        return nil
      }
      let entries = Array(state.waiting.prefix(Self.batch))
      state.waiting.removeFirst(entries.count)
      return entries
    }
  }
}

extension Change {
  var events: [BoundEvent] {
    switch self {
    case .task(_, let events), .source(_, let events): events
    }
  }
}
