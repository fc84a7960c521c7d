import DequeModule
import Model

/// What has ended and is not in the store yet, in the order in which it ended. Pure.
///
/// One batch is written at a time, so a hook's states are written in the order in which it had them, each together
/// with the events that tell of it.
struct Ledger: Sendable {
  struct Entry: Sendable {
    var delivery: ClaimedDelivery
    var settlement: Settlement
  }

  /// What is written in one transaction.
  enum Batch: Sendable {
    case entries([Entry])
    /// The hook's state alone.
    case state(HookState)
  }

  /// Settlements of one transaction.
  static let most = 500

  private var waiting: Deque<Entry> = []
  /// The state of the hook that the store has; nil where that is not known.
  private var written: HookState?

  /// `state` is what the store has.
  init(_ state: HookState) { written = state }

  mutating func add(_ entries: [Entry]) { waiting.append(contentsOf: entries) }

  /// Another process has taken the pause and the waiting off the hook in the store: nothing brings them back.
  mutating func resumed() {
    written = nil
    for index in waiting.indices {
      waiting[index].settlement.hookState?.paused = nil
      waiting[index].settlement.hookState?.notBefore = nil
    }
  }

  /// What to write next, where the hook's state is `state`; nil where the store has all.
  mutating func next(_ state: HookState) -> Batch? {
    if waiting.isEmpty { return written == state ? nil : .state(state) }
    let entries = Array(waiting.prefix(Self.most))
    waiting.removeFirst(entries.count)
    return .entries(entries)
  }

  /// The store has a batch.
  mutating func wrote(_ batch: Batch) {
    switch batch {
    case .entries(let entries):
      if let state = entries.last(where: { $0.settlement.hookState != nil })?.settlement.hookState {
        written = state
      }
    case .state(let state): written = state
    }
  }

  /// Nothing more can be written: `state` counts as what the store has.
  mutating func giveUp(_ state: HookState) {
    waiting.removeAll()
    written = state
  }
}
