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
      if state.settlesBefore > 0 {
        state.settlesBefore -= 1
      } else if state.settleFailures > 0 {
        state.settleFailures -= 1
        return StoreError(.unwritable, "the disk is full")
      }
      if settlements.contains(where: { state.refused.contains($0.row) }) {
        return StoreError(.fault, "no test takes this row")
      }
      for settlement in settlements { Self.settle(settlement, &state) }
      return nil
    }
    if let failure { throw failure }
    return false
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
  package func mark(_ name: String) async throws(StoreError) -> String? { throw unscripted() }
  package func sweep(endedBefore time: Timestamp) async throws(StoreError) -> Int { throw unscripted() }
  package func close() async throws(StoreError) {}
}
