import Model
import Synchronization

/// A store for tests of what uses one: commits are recorded, claims are served from a list, settlements are
/// recorded. Each can be made to fail. What no test scripts throws.
package final class ScriptedStore: Store {
  private struct State {
    var commits: [[Change]] = []
    var commitFailures = 0
    var settleFailures = 0
    var settlesBefore = 0
    /// Rows whose changes contradict the store unless their sequence is above this.
    var taken: [Int64: Int] = [:]
    var records: [String: TaskRecord] = [:]
    var ready: [(delivery: ClaimedDelivery, due: Moment)] = []
    var settled: [Settlement] = []
    /// Rows that cannot be settled.
    var refused: Set<Int64> = []
    var hookStates: [String: HookState] = [:]
    var claims: [ClaimedBodies] = []
    var saves: [PendingSave] = []
    var noteFailures = 0
    var notes: [Note] = []
    var settledSaves: [SaveSettlement] = []
    var copies: [String: Copy] = [:]
    var orders: [(ref: TaskRef, outputs: [TaskOutput])] = []
  }

  /// What was noted of an output's copy.
  package struct Note: Sendable, Equatable {
    package var row: Int64
    package var output: Int
    package var progress: SaveProgress
  }

  private struct Copy {
    var task: TaskRef
    var output: Int
    var bytes: Int64
  }

  private let state = Mutex(State())

  package init() {}

  /// The next `count` commits fail.
  package func failCommits(_ count: Int) { state.withLock { $0.commitFailures = count } }
  /// The store has this record; changes of the task whose sequence is not above its own are a fault.
  package func hold(_ record: TaskRecord) {
    state.withLock {
      $0.taken[record.row] = record.sequence
      $0.records[record.ref.id] = record
    }
  }

  /// The next `count` calls that settle fail, after some that do not.
  package func failSettlements(_ count: Int, after good: Int = 0) {
    state.withLock {
      $0.settleFailures = count
      $0.settlesBefore = good
    }
  }
  /// Settling this row is a fault, whatever comes with it.
  package func refuseToSettle(_ row: Int64) { state.withLock { _ = $0.refused.insert(row) } }
  package var commits: [[Change]] { state.withLock { $0.commits } }
  package var settled: [Settlement] { state.withLock { $0.settled } }
  /// What each claim asked for.
  package var claims: [ClaimedBodies] { state.withLock { $0.claims } }

  /// The events that were committed, in order.
  package var events: [Event] {
    commits.flatMap { $0 }.flatMap { change -> [BoundEvent] in
      switch change {
      case .task(_, let events), .source(_, let events): events
      }
    }.map(\.event)
  }

  package func offer(_ delivery: ClaimedDelivery, due: Moment) {
    state.withLock { $0.ready.append((delivery, due)) }
  }

  package func commit(_ changes: [Change]) async throws(StoreError) {
    let failure = state.withLock { state -> StoreError? in
      if state.commitFailures > 0 {
        state.commitFailures -= 1
        return StoreError(.unwritable, "the disk is full")
      }
      for case .task(let record, _) in changes where record.sequence <= state.taken[record.row] ?? 0 {
        return StoreError(.fault, "another event has this number")
      }
      state.commits.append(changes)
      return nil
    }
    if let failure { throw failure }
  }

  package func claim(
    hook: String, limit: Int, bodies: ClaimedBodies, held: Set<Int64>, now: Moment
  ) async throws(StoreError) -> Claim {
    state.withLock { state in
      state.claims.append(bodies)
      let open = state.ready.filter { !held.contains($0.delivery.row) }.sorted {
        ($0.due, $0.delivery.row) < ($1.due, $1.delivery.row)
      }
      let due = open.filter { $0.due <= now }.prefix(limit)
      var claim = Claim(deliveries: [], due: due.count, nextDue: open.dropFirst(due.count).first?.due)
      var bytes = 0
      for (index, entry) in due.enumerated() {
        var delivery = entry.delivery
        switch bodies {
        case .first(let count): if index >= count { delivery.event.task = nil }
        case .all(let most):
          bytes += delivery.event.task?.count ?? 0
          if bytes > most && index > 0 {
            claim.nextDue = entry.due
            return claim
          }
        }
        claim.deliveries.append(delivery)
      }
      return claim
    }
  }

  package func settle(_ settlements: [Settlement]) async throws(StoreError) -> Bool {
    let failure = state.withLock { state -> StoreError? in
      if let failure = Self.failure(&state) { return failure }
      if settlements.contains(where: { state.refused.contains($0.row) }) {
        return StoreError(.fault, "no test takes this row")
      }
      for settlement in settlements { Self.settle(settlement, &state) }
      return nil
    }
    if let failure { throw failure }
    return false
  }

  private static func failure(_ state: inout State) -> StoreError? {
    if state.settlesBefore > 0 {
      state.settlesBefore -= 1
    } else if state.settleFailures > 0 {
      state.settleFailures -= 1
      return StoreError(.unwritable, "the disk is full")
    }
    return nil
  }

  // MARK: Saving outputs

  /// A save that is pending until it is settled.
  package func offer(_ save: PendingSave) {
    state.withLock { state in
      state.saves.removeAll { $0.row == save.row }
      state.saves.append(save)
      state.saves.sort { $0.row < $1.row }
      for (output, progress) in save.files {
        Self.keep(Note(row: save.row, output: output, progress: progress), of: save.ref, &state)
      }
    }
  }
  /// A copy of another task's output is at this path.
  package func hold(copyAt path: String, of output: Int, task: TaskRef, bytes: Int64) {
    state.withLock { $0.copies[path] = Copy(task: task, output: output, bytes: bytes) }
  }
  /// The next `count` notes fail.
  package func failNotes(_ count: Int) { state.withLock { $0.noteFailures = count } }
  /// What was noted, in order.
  package var notes: [Note] { state.withLock { $0.notes } }
  package var settledSaves: [SaveSettlement] { state.withLock { $0.settledSaves } }
  package var orders: [(ref: TaskRef, outputs: [TaskOutput])] { state.withLock { $0.orders } }

  package func pendingSaves(after row: Int64, limit: Int) async throws(StoreError) -> [PendingSave] {
    state.withLock { Array($0.saves.filter { $0.row > row }.prefix(limit)) }
  }

  package func note(
    _ progress: SaveProgress, of output: Int, task row: Int64
  ) async throws(StoreError) {
    let failure = state.withLock { state -> StoreError? in
      if state.noteFailures > 0 {
        state.noteFailures -= 1
        return StoreError(.unwritable, "the disk is full")
      }
      guard let index = state.saves.firstIndex(where: { $0.row == row }) else { return nil }
      let note = Note(row: row, output: output, progress: progress)
      state.notes.append(note)
      state.saves[index].files[output] = progress
      Self.keep(note, of: state.saves[index].ref, &state)
      return nil
    }
    if let failure { throw failure }
  }

  private static func keep(_ note: Note, of task: TaskRef, _ state: inout State) {
    guard case .saved(let file) = note.progress else { return }
    state.copies[file.path] = Copy(task: task, output: note.output, bytes: file.bytes)
  }

  /// The event follows the success that was offered with the save.
  package func settle(_ settlement: SaveSettlement) async throws(StoreError) -> BoundEvent? {
    let (bound, failure) = state.withLock { state -> (BoundEvent?, StoreError?) in
      if let failure = Self.failure(&state) { return (nil, failure) }
      guard
        let index = state.saves.firstIndex(where: {
          $0.row == settlement.row && $0.orderedAt == settlement.orderedAt
        })
      else { return (nil, nil) }
      var bound = settlement.event
      bound.event.sequence = state.saves.remove(at: index).event.sequence + 1
      state.settledSaves.append(settlement)
      return (bound, nil)
    }
    if let failure { throw failure }
    return bound
  }

  package func save(_ ref: TaskRef, outputs: [TaskOutput]) async throws(StoreError) -> Bool {
    state.withLock { $0.orders.append((ref, outputs)) }
    return true
  }

  package func owner(ofFile path: String) async throws(StoreError) -> (task: TaskRef, output: Int)? {
    state.withLock { state in state.copies[path].map { ($0.task, $0.output) } }
  }

  package func savedBytes(under prefix: String) async throws(StoreError) -> Int64 {
    state.withLock { state in
      state.copies.filter { $0.key.hasPrefix(prefix) }.reduce(0) { $0 + $1.value.bytes }
    }
  }

  private static func settle(_ settlement: Settlement, _ state: inout State) {
    state.settled.append(settlement)
    if let hookState = settlement.hookState { state.hookStates[settlement.hook] = hookState }
    guard let index = state.ready.firstIndex(where: { $0.delivery.row == settlement.row }) else { return }
    switch settlement.result {
    case .delivered, .dead: state.ready.remove(at: index)
    case .retry(let at):
      state.ready[index].due = at
      state.ready[index].delivery.attempts += 1
      state.ready[index].delivery.tries += 1
    }
  }

  package func setHookState(_ hookState: HookState, of hook: String) async throws(StoreError) {
    state.withLock { $0.hookStates[hook] = hookState }
  }

  package func hookStates() async throws(StoreError) -> [String: HookState] {
    state.withLock { $0.hookStates }
  }

  private func unscripted() -> StoreError { StoreError(.fault, "no test scripts this") }

  package func register(_ tasks: [NewTask], mark: Mark?) async throws(StoreError) -> [Registration] {
    throw unscripted()
  }
  package func watched(after row: Int64, limit: Int) async throws(StoreError) -> [TaskRecord] {
    throw unscripted()
  }
  package func sourceRecords() async throws(StoreError) -> [SourceRecord] { throw unscripted() }
  package func touch(_ polled: [(row: Int64, at: Timestamp)]) async throws(StoreError) {
    throw unscripted()
  }
  package func paces(limit: Int) async throws(StoreError) -> [LearntPace] { throw unscripted() }
  package func keep(_ paces: [LearntPace]) async throws(StoreError) { throw unscripted() }
  package func openDeliveries() async throws(StoreError) -> [String: Int] { throw unscripted() }
  package func signals() async throws(StoreError) -> [Signal] { throw unscripted() }
  package func remove(_ refs: [TaskRef]) async throws(StoreError) -> [TaskRef] { throw unscripted() }
  package func replay(_ selection: DeliverySelection, now: Moment, dryRun: Bool) async throws(StoreError)
    -> [DeliveryRow]
  { throw unscripted() }
  package func resume(hook: String) async throws(StoreError) -> Bool { throw unscripted() }
  package func tasks(_ query: TaskQuery) async throws(StoreError) -> [TaskRecord] {
    guard let record = state.withLock({ $0.records[query.id ?? ""] }) else { throw unscripted() }
    return [record]
  }
  package func history(of ref: TaskRef) async throws(StoreError) -> [HistoryEntry] { throw unscripted() }
  package func deliveries(_ selection: DeliverySelection) async throws(StoreError) -> [DeliveryRow] {
    throw unscripted()
  }
  package func delivery(_ id: String) async throws(StoreError) -> DeliveryEntry? { throw unscripted() }
  package func events(after row: Int64, limit: Int) async throws(StoreError) -> [RecordedEvent] {
    throw unscripted()
  }
  package func lastEvent() async throws(StoreError) -> Int64 { throw unscripted() }
  package func taskCounts() async throws(StoreError) -> [TaskCount] { throw unscripted() }
  package func backlogs() async throws(StoreError) -> [HookBacklog] { throw unscripted() }
  package func mark(_ name: String) async throws(StoreError) -> String? { throw unscripted() }
  package func sweep(endedBefore time: Timestamp) async throws(StoreError) -> Int { throw unscripted() }
  package func close() async throws(StoreError) {}
}
