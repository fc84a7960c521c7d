import DequeModule
import Logging
import Model
import Synchronization

/// Writes changes to the store, in order. What arrives while a transaction runs shares the next one; what
/// cannot be written is kept and tried again, so that a full disk loses nothing.
///
/// A change that contradicts the store would be refused for ever, and all others with it: it is told apart and
/// given back, with what the store knows of its task.
package final class Journal: Sendable {
  typealias Done = @Sendable (isolated SourceWatcher) -> Void
  typealias Refused = @Sendable (isolated SourceWatcher, TaskRecord?) -> Void

  private struct Entry: Sendable {
    let change: Change
    let author: SourceWatcher?
    let done: Done?
    let refused: Refused?
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
  private let count = Atomic<Int>(0)

  /// Largest transaction, in changes.
  private static let batch = 2_000
  /// So many changes may wait, a batch beside the one that is written: more would take memory and be written no sooner.
  private static let most = 2 * batch

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

  /// `done` is called once the change is in the store; `refused` where it contradicts the store, with the task as
  /// the store has it. Both on the thread of the author.
  func write(
    _ change: Change, by author: SourceWatcher? = nil, done: Done? = nil, refused: Refused? = nil
  ) {
    count.add(1, ordering: .relaxed)
    let begin = state.withLock { state in
      state.waiting.append(Entry(change: change, author: author, done: done, refused: refused))
      defer { state.isWriting = true }
      return !state.isWriting
    }
    if begin { Task { await drain() } }
  }

  /// How many changes are not in the store yet.
  package var backlog: Int { state.withLock { $0.waiting.count + ($0.isWriting ? 1 : 0) } }

  /// Whether so much waits that nothing should be asked that may bring more.
  var isFull: Bool { count.load(ordering: .relaxed) >= Self.most }

  private func drain() async {
    while let entries = next() { await commit(entries) }
  }

  private func commit(_ entries: [Entry]) async {
    var failures = 0
    while failures < .max {
      do throws(StoreError) {
        try await store.commit(entries.map(\.change))
        if failures > 0 { log.notice("the state can be written again") }
        let events = entries.flatMap { $0.change.events }
        if !events.isEmpty { announce(events) }
        count.subtract(entries.count, ordering: .relaxed)
        return await tell(entries)
      } catch {
        if error.kind == .fault { return await commitApart(entries, error) }
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
  }

  /// Halves until the refused change stands alone.
  private func commitApart(_ entries: [Entry], _ error: StoreError) async {
    if entries.count > 1 {
      let half = entries.count / 2
      await commit(Array(entries[..<half]))
      await commit(Array(entries[half...]))
      return
    }
    guard let entry = entries.first else { return }
    log.error("a change contradicts the state and is decided anew", metadata: ["error": "\(error)"])
    var known: TaskRecord?
    if case .task(let record, _) = entry.change {
      let query = TaskQuery(source: record.ref.source, id: record.ref.id, limit: 1)
      known = try? await store.tasks(query).first
    }
    count.subtract(1, ordering: .relaxed)
    if let author = entry.author, let refused = entry.refused {
      await author.hear([{ [known] author in refused(author, known) }])
    }
  }

  /// Those of one author are told at once: each is a hop to another thread and back.
  private func tell(_ entries: [Entry]) async {
    var first = 0
    while first < entries.count {
      let author = entries[first].author
      let end = entries[first...].firstIndex { $0.author !== author } ?? entries.count
      await author?.hear(entries[first..<end].compactMap(\.done))
      first = end
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
