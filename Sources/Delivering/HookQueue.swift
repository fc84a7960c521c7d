import DequeModule
import Logging
import Model

/// The outbox of one hook at work: claims what is due from the store, has the hook perform it, settles.
/// Whether an attempt may begin lies in `HookGate`, what follows from it in `Verdict`.
///
/// Only a bounded part of what waits is in memory. A delivery is claimed in the order of its lane because the
/// store makes one of a lane ready only once the one before it is settled.
actor HookQueue {
  nonisolated let name: String
  private let hook: any Hook
  private let rules: DeliveryRules
  private let store: any Store
  private let time: any TimeSource
  private let log: Logger
  private let observer: (any DeliveryObserver)?

  private var gate: HookGate
  private var claimed: Deque<ClaimedDelivery> = []
  /// Claimed, running, or not settled yet.
  private var held: Set<Int64> = []
  private var attempts: [Int64: Task<Void, Never>] = [:]
  private var generator = JitterGenerator()

  private var isRunning = false
  private var isClaiming = false
  /// Whether the store may have more that is due now.
  private var mayHaveMore = true
  private var nextDue: Moment?
  private var alarm: (at: Moment, task: Task<Void, Never>)?
  private var claimFailures = 0
  private var idleWaiters: [CheckedContinuation<Void, Never>] = []

  init(
    name: String, hook: any Hook, rules: DeliveryRules, state: HookState, store: any Store,
    time: any TimeSource, log: Logger, observer: (any DeliveryObserver)?
  ) {
    self.name = name
    self.hook = hook
    self.rules = rules
    self.store = store
    self.time = time
    self.observer = observer
    var log = log
    log[metadataKey: "hook"] = "\(name)"
    self.log = log
    gate = HookGate(rules: rules, state: state)
  }

  /// Deliveries kept in memory beyond those that run, and settlements under way: enough that attempts never
  /// wait for the store.
  private var reserve: Int { rules.concurrency * 4 + 16 }

  // MARK: Control

  func start() {
    isRunning = true
    pump()
  }

  /// The store has new deliveries for this hook.
  func notify() {
    mayHaveMore = true
    pump()
  }

  /// Another process took the pause off.
  func resume() {
    gate.resume()
    log.notice("hook resumed")
    notify()
  }

  /// Starts no more attempts, waits until `deadline` for running ones, then breaks them off. Returns once
  /// all is settled.
  func stop(deadline: Moment) async {
    isRunning = false
    alarm?.task.cancel()
    if attempts.isEmpty && settling == 0 { return }
    let patience = Task {
      try await time.sleep(until: deadline)
      breakOff()
    }
    await withCheckedContinuation { idleWaiters.append($0) }
    patience.cancel()
  }

  private func breakOff() { for attempt in attempts.values { attempt.cancel() } }

  /// Whether nothing runs, and nothing is known to be due now that may be sent.
  func isIdle() -> Bool {
    guard attempts.isEmpty && settling == 0 else { return false }
    return isPaused || (held.isEmpty && !mayHaveMore && !isClaiming)
  }

  var isPaused: Bool { gate.state.paused != nil }

  // MARK: The loop

  private func pump() {
    guard isRunning else { return }
    let now = time.now
    while let next = claimed.first {
      switch gate.admits(at: now) {
      case .go:
        claimed.removeFirst()
        begin(next, at: now)
      case .wait(let moment): return ring(at: moment)
      case .blocked: return
      }
      if held.count - claimed.count > reserve { return }  // let settlements catch up
    }
    if let due = nextDue, due <= now {
      nextDue = nil
      mayHaveMore = true
    }
    if mayHaveMore { claim() } else if let nextDue { ring(at: nextDue) }
  }

  private func claim() {
    guard !isClaiming else { return }
    switch gate.admits(at: time.now) {
    case .go: break
    case .wait(let moment): return ring(at: moment)
    case .blocked: return
    }
    isClaiming = true
    mayHaveMore = false
    Task { await fetch() }
  }

  private func fetch() async {
    let limit = reserve
    do throws(StoreError) {
      let claim = try await store.claim(hook: name, limit: limit, held: held, now: time.now)
      for delivery in claim.deliveries where held.insert(delivery.row).inserted { claimed.append(delivery) }
      if claim.deliveries.count == limit { mayHaveMore = true }
      nextDue = [nextDue, claim.nextDue].compactMap { $0 }.min()
      claimFailures = 0
    } catch {
      claimFailures += 1
      if claimFailures == 1 { log.error("deliveries cannot be read", metadata: ["error": "\(error)"]) }
      nextDue = time.now + min(.seconds(30), .milliseconds(500) * (1 << min(claimFailures, 7)))
    }
    isClaiming = false
    pump()
  }

  private func begin(_ delivery: ClaimedDelivery, at now: Moment) {
    gate.begin(at: now)
    attempts[delivery.row] = Task { await attempt(delivery) }
  }

  private func attempt(_ delivery: ClaimedDelivery) async {
    let number = delivery.attempts + 1
    let begun = time.now
    let wall = time.wall
    let report: AttemptReport
    do throws(CancellationError) {
      report = try await hook.perform(Attempt(delivery: delivery.id, event: delivery.event, number: number))
    } catch {
      gate.abandon(at: time.now)
      attempts[delivery.row] = nil
      held.remove(delivery.row)
      log.notice(
        "attempt broken off; it will be made again", metadata: ["delivery": "\(delivery.id)"])
      return finishIfIdle()
    }
    let now = time.now
    attempts[delivery.row] = nil
    let stateBefore = gate.state
    let news = gate.end(report.outcome, at: now)
    let verdict = Verdict.on(
      report.outcome, tries: delivery.tries + 1, policy: rules.retry, at: now, using: &generator)
    let settlement = Settlement(
      row: delivery.row, hook: name, result: verdict.result,
      attempt: AttemptRecord(
        number: number, at: wall, duration: now - begun, error: verdict.error, code: report.code,
        detail: report.detail),
      hookState: gate.state == stateBefore ? nil : gate.state)
    mention(verdict, news, of: delivery, number: number)
    settling += 1
    pump()
    await settle(settlement)
    settling -= 1
    observer?.attempted(delivery, hook: name, settlement: settlement)
    finishIfIdle()
    pump()
  }

  private var settling = 0

  /// Writes the settlement; tries again until the store takes it, so that what was delivered is not sent
  /// twice while this process lives.
  private func settle(_ ended: Settlement) async {
    var settlement = ended
    var failures = 0
    while failures < .max {
      do throws(StoreError) {
        // As the hook stands now: settlements may overtake each other.
        if settlement.hookState != nil { settlement.hookState = gate.state }
        let promoted = try await store.settle(settlement)
        if let written = settlement.hookState, written != gate.state {
          try await store.setHookState(gate.state, of: name)
        }
        if promoted { mayHaveMore = true }
        if case .retry(let at) = settlement.result { nextDue = min(nextDue ?? at, at) }
        held.remove(settlement.row)
        return
      } catch {
        failures += 1
        if failures == 1 {
          log.error(
            "an attempt cannot be recorded; tried again", metadata: ["error": "\(error)"])
        }
        if !isRunning && failures > 3 { return }
        let wait = min(.seconds(30), .milliseconds(250) * (1 << min(failures, 7)))
        try? await time.sleep(until: time.now + wait)
      }
    }
  }

  private func finishIfIdle() {
    guard !isRunning, attempts.isEmpty, settling == 0 else { return }
    for waiter in idleWaiters { waiter.resume() }
    idleWaiters.removeAll()
  }

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

  private func mention(
    _ verdict: Verdict, _ news: HookGate.News?, of delivery: ClaimedDelivery, number: Int
  ) {
    let facts: Logger.Metadata = [
      "delivery": "\(delivery.id)", "event": "\(delivery.event.type.name)",
      "task": "\(delivery.event.taskID ?? "-")", "attempt": "\(number)",
    ]
    let error = verdict.error ?? ""
    switch verdict.result {
    case .delivered: log.info("delivered", metadata: facts)
    case .retry(let at):
      let wait = "\(Int((at - time.now).seconds.rounded(.up)))s"
      log.warning(
        "attempt failed", metadata: facts.merging(["error": "\(error)", "retry_in": "\(wait)"]) { a, _ in a })
    case .dead:
      log.error("delivery is dead", metadata: facts.merging(["error": "\(error)"]) { a, _ in a })
    }
    switch news {
    case nil: break
    case .breakerOpened: log.error("breaker opened: the hook fails again and again, probing only")
    case .breakerClosed: log.notice("breaker closed: the hook works again")
    case .paused(let reason):
      log.error(
        "hook paused: the endpoint asks to stop; `taskhook resume` takes the pause off",
        metadata: ["reason": "\(reason)"])
    }
  }
}

/// Sees what attempts came to, once it is in the store.
package protocol DeliveryObserver: Sendable {
  func attempted(_ delivery: ClaimedDelivery, hook: String, settlement: Settlement)
}
