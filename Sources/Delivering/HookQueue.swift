import Logging
import Model

/// The outbox of one hook at work: claims what is due from the store, has the hook perform it, settles.
/// Whether an attempt may begin lies in `HookGate`, what is next in `Outbox`, what follows in `Verdict`, what is
/// to be written in `Ledger`.
///
/// It works on the thread of the HTTP loop that its requests go out on, as all queues do: from an answer to the next
/// request no thread waits for another.
actor HookQueue {
  nonisolated let name: String
  private nonisolated let executor: any SerialExecutor
  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
  private var hook: any Hook
  private nonisolated let time: any TimeSource
  private var rules: DeliveryRules
  private let store: any Store
  private let log: HookLog
  private let events: HookEvents
  private let observer: (any DeliveryObserver)?
  private var announce: @Sendable ([BoundEvent]) -> Void = { _ in }

  private var gate: HookGate
  private var outbox: Outbox
  private var ledger: Ledger
  private var attempts: [Int: RunningAttempt] = [:]
  private var begun = 0
  private var generator = JitterGenerator()

  private enum Life { case new, running, ended }
  private var life = Life.new
  private var isWriting = false
  private var alarm: (at: Moment, task: Task<Void, Never>)?
  /// The wait between two tries to write.
  private var patience: Task<Void, Never>?
  private var claimFailures = 0
  private var idleWaiters: [CheckedContinuation<Void, Never>] = []

  /// `executor` is that of the loop that the hook's requests go out on, where it sends any.
  init(
    name: String, hook: any Hook, rules: DeliveryRules, state: HookState, store: any Store,
    router: any EventRouter, executor: any SerialExecutor, time: any TimeSource, log: Logger,
    observer: (any DeliveryObserver)?
  ) {
    self.name = name
    self.executor = executor
    self.hook = hook
    self.rules = rules
    self.store = store
    self.time = time
    self.observer = observer
    self.log = HookLog(log, hook: name)
    events = HookEvents(hook: name, router: router)
    gate = HookGate(rules: rules, state: state)
    outbox = Outbox(hook: name, rules: rules)
    ledger = Ledger(state)
  }

  // MARK: Control

  /// `announce` is told of this hook's own events once they are in the store.
  func start(announce: @escaping @Sendable ([BoundEvent]) -> Void = { _ in }) {
    guard life == .new else { return }
    self.announce = announce
    life = .running
    log.started(gate.state)
    pump()
  }

  /// The store has new deliveries for this hook. Answers whether anybody is here to deliver them.
  @discardableResult
  func notify() -> Bool {
    if life == .ended { return false }
    outbox.mayHaveNew()
    pump()
    return true
  }

  /// Goes on with the hook and the rules as they are in another config. Attempts that run end as they began; what the
  /// store knows, and what receivers asked for, stays.
  func adopt(_ hook: any Hook, _ rules: DeliveryRules) {
    self.hook = hook
    if rules != self.rules {
      self.rules = rules
      gate.adopt(rules, at: time.now)
      outbox.adopt(rules, at: time.now)
    }
    pump()
  }

  /// Ends the queue where it has nothing to do and knows of nothing to come. Answers whether it did.
  func retire() -> Bool {
    guard attempts.isEmpty, !isWriting, outbox.isSpent else { return false }
    life = .ended
    alarm?.task.cancel()
    return true
  }

  /// Another process took the pause off.
  func resume() {
    gate.resume()
    ledger.resumed()
    log.resumed()
    write()
    notify()
  }

  /// Starts no more attempts, waits until `deadline` for running ones, then breaks them off. Returns once
  /// all is settled.
  func stop(deadline: Moment) async {
    life = .ended
    alarm?.task.cancel()
    patience?.cancel()
    if attempts.isEmpty && !isWriting { return }
    let deadline = Task {
      try await time.sleep(until: deadline)
      for attempt in attempts.values { attempt.breakOff() }
    }
    await withCheckedContinuation { idleWaiters.append($0) }
    deadline.cancel()
  }

  /// Whether nothing is under way, and nothing is known to be due now that may be sent.
  var isIdle: Bool { !isAtWork && (isPaused || outbox.isIdle) }

  /// Whether an attempt runs, or the store is being asked or written.
  var isAtWork: Bool { !attempts.isEmpty || isWriting || outbox.isClaiming }

  var isPaused: Bool { gate.state.paused != nil }

  var status: QueueStatus {
    QueueStatus(name: name, state: gate.state, breaker: gate.breakerStatus, running: gate.running)
  }

  /// How many deliveries are in memory: claimed, running, or not settled yet.
  var inHand: Int { outbox.count }

  // MARK: The loop

  private func pump() {
    guard life == .running else { return }
    let now = time.now
    while true {
      switch outbox.next(at: now, gate.admits(at: now)) {
      case .send(let parcel): begin(parcel, at: now)
      case .claim(let order): Task { await claim(order) }
      case .wait(let moment): return ring(at: moment)
      case .rest: return
      }
    }
  }

  private func claim(_ order: Outbox.Order) async {
    do throws(StoreError) {
      let claim = try await store.claim(
        hook: name, limit: order.limit, bodies: order.bodies, held: order.held, now: time.now)
      outbox.take(claim, of: order)
      claimFailures = 0
    } catch {
      claimFailures += 1
      if claimFailures == 1 { log.unreadable(error) }
      outbox.claimFailed(until: time.now + Self.backoff(claimFailures))
    }
    pump()
  }

  private func begin(_ parcel: Parcel, at now: Moment) {
    let pass = gate.begin(at: now)
    begun += 1
    let (number, at) = (begun, time.wall)
    let ended: @Sendable (AttemptReport?) -> Void = { report in
      self.assumeIsolated { $0.ended(number, report) }
    }
    let breakOff = hook.begin(parcel.attempt, completion: ended) ?? perform(parcel.attempt, number)
    attempts[number] = RunningAttempt(parcel: parcel, pass: pass, begun: now, at: at, breakOff: breakOff)
  }

  /// Makes an attempt in a task of its own.
  private func perform(_ attempt: Attempt, _ number: Int) -> BreakOff {
    let task = Task.detached { [hook] in
      var report: AttemptReport?
      do throws(CancellationError) { report = try await hook.perform(attempt) } catch {}
      await self.ended(number, report)
    }
    return { task.cancel() }
  }

  /// Nil of one that was broken off.
  private func ended(_ number: Int, _ report: AttemptReport?) {
    guard let attempt = attempts.removeValue(forKey: number) else { return }
    if let report {
      end(attempt, Ended(report: report, begun: attempt.begun, ended: time.now, at: attempt.at))
    } else {
      abandon(attempt)
    }
  }

  private func abandon(_ attempt: RunningAttempt) {
    gate.abandon(attempt.pass, at: time.now)
    for delivery in attempt.parcel.deliveries { outbox.release(delivery.row) }
    log.brokenOff(attempt.parcel)
    finishIfIdle()
  }

  private func end(_ attempt: RunningAttempt, _ ended: Ended) {
    let before = gate.state
    let news = gate.end(ended.report, attempt.pass, at: ended.ended)
    var entries = attempt.parcel.entries(ended, policy: rules.retry, events: events, using: &generator)
    log.ended(attempt.parcel, entries, at: ended.ended)
    if !news.isEmpty {
      for entry in news { log.mention(entry) }
      entries[0].settlement.events.insert(
        contentsOf: news.compactMap { events.event(of: $0, at: time.wall) }, at: 0)
    }
    if gate.state != before { entries[0].settlement.hookState = gate.state }
    ledger.add(entries)
    write()
    pump()
  }

  // MARK: Writing

  /// Begins to write what the ledger has, unless that is under way.
  private func write() {
    guard !isWriting else { return }
    isWriting = true
    Task {
      while let batch = ledger.next(gate.state) { await write(batch) }
      isWriting = false
      finishIfIdle()
    }
  }

  /// Writes a batch; tries again until the store takes it, so that what was delivered is not sent twice while
  /// this process lives.
  private func write(_ batch: Ledger.Batch) async {
    var failures = 0
    while failures < .max {
      do throws(StoreError) {
        let promoted = try await put(batch)
        ledger.wrote(batch)
        return wrote(batch, promoted: promoted)
      } catch {
        failures += 1
        if error.kind == .fault, case .entries(let entries) = batch {
          if entries.count > 1 { return await writeApart(entries) }
          if failures >= Self.faults { return setAside(entries[0], error) }
        }
        if failures == 1 { log.unwritable(error) }
        if life == .ended && failures > 3 { return ledger.giveUp(gate.state) }
        let moment = time.now + Self.backoff(failures)
        patience = Task { try? await time.sleep(until: moment) }
        await patience?.value
      }
    }
  }

  /// Tries of one that the store refuses and not for want of a disk.
  private static let faults = 5

  private func put(_ batch: Ledger.Batch) async throws(StoreError) -> Bool {
    switch batch {
    case .entries(let entries): return try await store.settle(entries.map(\.settlement))
    case .state(let state):
      try await store.setHookState(state, of: name)
      return false
    }
  }

  /// Halves until the one that cannot be written stands alone.
  private func writeApart(_ entries: [Ledger.Entry]) async {
    let half = entries.count / 2
    await write(.entries(Array(entries[..<half])))
    await write(.entries(Array(entries[half...])))
  }

  private func setAside(_ entry: Ledger.Entry, _ error: StoreError) {
    outbox.setAside(entry.settlement.row)
    log.unrecordable(entry.delivery, error)
    pump()
  }

  private func wrote(_ batch: Ledger.Batch, promoted: Bool) {
    guard case .entries(let entries) = batch else { return }
    for entry in entries {
      outbox.release(entry.settlement.row)
      if case .retry(let moment) = entry.settlement.result { outbox.expect(moment) }
      observer?.attempted(entry.delivery, hook: name, settlement: entry.settlement)
    }
    let told = entries.flatMap(\.settlement.events)
    if !told.isEmpty { announce(told) }
    if promoted { outbox.mayHaveNew() }
    pump()
  }

  static func backoff(_ failures: Int) -> Duration {
    min(.seconds(30), .milliseconds(250) * (1 << min(failures, 7)))
  }

  private func finishIfIdle() {
    guard life == .ended, attempts.isEmpty, !isWriting else { return }
    for waiter in idleWaiters { waiter.resume() }
    idleWaiters.removeAll()
  }

  // MARK: The alarm

  private func ring(at moment: Moment) {
    if let alarm, alarm.at <= moment { return }
    alarm?.task.cancel()
    alarm = (
      moment,
      Task {
        do { try await time.sleep(until: moment) } catch { return }
        rang(moment)
      }
    )
  }

  private func rang(_ moment: Moment) {
    if alarm?.at == moment { alarm = nil }
    pump()
  }
}

/// An attempt under way.
private final class RunningAttempt {
  let parcel: Parcel
  let pass: HookGate.Pass
  let begun: Moment
  /// When it began, on the wall.
  let at: Timestamp
  let breakOff: BreakOff

  init(parcel: Parcel, pass: HookGate.Pass, begun: Moment, at: Timestamp, breakOff: @escaping BreakOff) {
    self.parcel = parcel
    self.pass = pass
    self.begun = begun
    self.at = at
    self.breakOff = breakOff
  }
}

/// Sees what attempts came to, once it is in the store.
package protocol DeliveryObserver: Sendable {
  /// The delivery comes without its task object. Each delivery of a digest is told.
  func attempted(_ delivery: ClaimedDelivery, hook: String, settlement: Settlement)
}
