import Config
import Logging
import Model

/// Polls the tasks of one source, on the thread of its HTTP loop. What is decided lies in `SourceGate`,
/// `Pace` and `Decision`; here it is carried out.
///
/// A task is in exactly one place: on the due list, in a running poll, or in a change that is being written.
/// It is polled again only once its change is in the store.
package actor SourceWatcher {
  package nonisolated let name: String
  private let loop: any HTTPLoop
  package nonisolated var unownedExecutor: UnownedSerialExecutor { loop.executor.asUnownedSerialExecutor() }

  private let provider: any Provider
  private let rules: WatchRules
  private let router: any EventRouter
  private let wantsProgress: Bool
  private let journal: Journal
  private let time: any TimeSource
  private let log: Logger
  private let observer: (any WatchObserver)?

  private var roster = Roster()
  private var due = DueList()
  private var gate: SourceGate
  private var record: SourceRecord
  private var generator = JitterGenerator()
  private var wakeAt: Moment?
  private var running = false
  private var said: Set<String> = []
  private var touchCursor = 0
  private var lastAgeing: Moment

  package init(
    name: String, provider: any Provider, rules: WatchRules, record: SourceRecord?, loop: any HTTPLoop,
    router: any EventRouter, journal: Journal, time: any TimeSource, log: Logger,
    observer: (any WatchObserver)? = nil
  ) {
    self.name = name
    self.provider = provider
    self.rules = rules
    self.loop = loop
    self.router = router
    self.journal = journal
    self.time = time
    self.observer = observer
    var log = log
    log[metadataKey: "source"] = "\(name)"
    self.log = log
    wantsProgress = router.wantsProgress(of: name)
    self.record = record ?? SourceRecord(name: name)
    gate = SourceGate(rules: rules, down: record?.down != nil)
    lastAgeing = time.now
  }

  // MARK: The roster

  /// Begins to watch tasks. Many at once (`spread`) are first polled over one `poll.every`, a new one at once.
  package func add(_ records: [TaskRecord], spread: Bool) {
    let now = time.now
    let wall = time.wall
    roster.reserve(records.count)
    let step = spread && records.count > 1 ? rules.every / records.count : .zero
    for (index, record) in records.enumerated() {
      let task = WatchedTask(record, now: now, wall: wall)
      guard let place = roster.insert(task) else { continue }
      due.insert(slot: place.slot, generation: place.generation, due: now + step * index)
    }
    pump()
  }

  /// Begins anew with a task, whatever is known of it here.
  package func restart(_ record: TaskRecord) {
    remove(row: record.row)
    add([record], spread: false)
  }

  /// Stops watching a task; a running poll of it is ignored.
  package func remove(row: Int64) {
    guard let slot = roster.slot(ofRow: row) else { return }
    roster.remove(slot: slot)
  }

  package var count: Int { roster.count }
  package var isDown: Bool { gate.isDown }

  package func start() {
    running = true
    pump()
  }

  /// Starts no more polls; answers of running ones are ignored.
  package func stop() { running = false }

  /// Poll times that the store does not know yet: at most `limit`, the next ones at the next call.
  package func untouched(limit: Int) -> [(row: Int64, at: Timestamp)] {
    var found: [(row: Int64, at: Timestamp)] = []
    let now = time.now
    let wall = time.wall
    for _ in 0..<roster.capacity where found.count < limit {
      touchCursor = touchCursor + 1 < roster.capacity ? touchCursor + 1 : 0
      guard var task = roster[touchCursor], let polled = task.lastPolled, task.touched != polled else {
        continue
      }
      found.append((task.row, wallTime(of: polled, now: now, wall: wall)))
      task.touched = polled
      roster[touchCursor] = task
    }
    return found
  }

  // MARK: Polling

  /// Starts what is due and admitted, then sets the alarm for what comes next.
  private func pump() {
    guard running else { return }
    let now = time.now
    age(at: now)
    while let soonest = due.soonest {
      guard soonest <= now else { return wake(at: soonest, now: now) }
      switch gate.admits(at: now) {
      case .full: return
      case .wait(let moment): return wake(at: moment, now: now)
      case .go: break
      }
      guard let (slot, generation, _) = due.pop(at: now), roster.holds(slot: slot, generation: generation),
        let task = roster[slot]
      else { continue }
      if now - task.began >= rules.giveUpAfter {
        see(.nothing, slot: slot, generation: generation, wait: rules.every, at: instant(now))
        continue
      }
      poll(task.id, slot: slot, generation: generation, now: now)
    }
  }

  private func poll(_ id: String, slot: Int, generation: UInt32, now: Moment) {
    gate.begin(at: now)
    guard let request = try? provider.request(for: TaskAddress(id: id)) else { return }
    loop.start(request) { result in
      self.assumeIsolated { $0.answered(result, slot: slot, generation: generation) }
    }
  }

  private func answered(_ result: Result<HTTPResponse, HTTPError>, slot: Int, generation: UInt32) {
    guard running else { return }
    let now = time.now
    let alive = roster.holds(slot: slot, generation: generation)
    if alive { roster[slot]!.lastPolled = now }

    var multiplexed = false
    var hash = 0
    let sighting: Sighting
    let reading: PollReading
    switch result {
    case .success(let response):
      multiplexed = response.version == .http2
      if response.status == 200 { hash = fingerprint(response.body) }
      if hash != 0, alive, let task = roster[slot], task.bodyHash == hash, let status = task.status,
        let state = task.state
      {
        // The same body says the same.
        reading = .observed(Observation(status: status, state: state, task: []))
        sighting = .unchanged
      } else {
        let step = provider.read(response, of: TaskAddress(id: roster[slot]?.id ?? ""))
        guard case .read(let read) = step else { return }
        reading = read
        sighting = Sighting(reading)
      }
    case .failure(let error):
      reading = .failed(reason: error.message)
      sighting = .nothing
    }

    if let news = gate.end(reading, multiplexed: multiplexed, at: now, using: &generator) { tell(news) }
    if alive {
      mention(reading, of: roster[slot]!)
      if let reason = reading.trouble {
        observer?.missed(TaskRef(source: name, id: roster[slot]!.id), reason)
      }
      settle(reading, sighting, hash: hash, slot: slot, generation: generation, at: instant(now))
    }
    pump()
  }

  /// Notes what the poll means for the task's own pace, then decides.
  private func settle(
    _ reading: PollReading, _ sighting: Sighting, hash: Int, slot: Int, generation: UInt32, at: Instant
  ) {
    var wait = rules.every
    switch reading {
    case .observed:
      roster[slot]!.failures = 0
      roster[slot]!.bodyHash = hash
      wait = Pace.wait(still: at.now - roster[slot]!.active, rules: rules)
      // Additive, so that no task is polled earlier than its pace.
      wait = Jitter.added(to: wait, upTo: 0.05, using: &generator)
    case .notFound:
      roster[slot]!.failures = 0
      wait = roster[slot]!.status == nil ? WatchRules.untilSeen : rules.every
    case .failed, .unreadable:
      let failures = min(Int(roster[slot]!.failures) + 1, 250)
      roster[slot]!.failures = UInt8(failures)
      wait = Jitter.added(to: Pace.backoff(failures: failures, rules: rules), upTo: 0.2, using: &generator)
    case .gone, .refused, .throttled: break  // watching ends, or the gate holds the whole source
    }
    see(sighting, slot: slot, generation: generation, wait: wait, at: at)
  }

  private func see(
    _ sighting: Sighting, slot: Int, generation: UInt32, wait: Duration, at: Instant
  ) {
    guard let task = roster[slot] else { return }
    let decision = Decision(
      from: task, of: name, seeing: sighting, at: at, rules: rules, wantsProgress: wantsProgress,
      router: router)
    if case .observed(let observation) = sighting {
      observer?.saw(observation, of: TaskRef(source: name, id: task.id))
    }
    guard decision.isNews else {
      roster[slot] = decision.task
      due.insert(slot: slot, generation: generation, due: at.now + wait)
      return
    }
    write(decision, slot: slot, generation: generation, wait: wait, at: at)
  }

  private func write(
    _ decision: Decision, slot: Int, generation: UInt32, wait: Duration, at: Instant
  ) {
    var task = decision.task
    let polled = task.lastPolled.map { wallTime(of: $0, now: at.now, wall: at.wall) }
    task.touched = task.lastPolled
    roster[slot] = task
    let record = task.record(source: name, ending: decision.ending, lastPolled: polled)
    let ended = decision.ending != nil
    journal.write(
      .task(record, decision.events),
      done: { [weak self] in
        await self?.written(slot: slot, generation: generation, ended: ended, wait: wait)
      },
      refused: { [weak self] in await self?.refused($0, slot: slot, generation: generation) })
  }

  /// The store knows better: the task is taken up as it is there, and what was seen is seen again.
  private func refused(_ known: TaskRecord?, slot: Int, generation: UInt32) {
    guard roster.holds(slot: slot, generation: generation) else { return }
    roster.remove(slot: slot)
    if let known, known.ending == nil { add([known], spread: false) }
  }

  private func written(slot: Int, generation: UInt32, ended: Bool, wait: Duration) {
    guard roster.holds(slot: slot, generation: generation) else { return }
    if ended {
      roster.remove(slot: slot)
    } else {
      due.insert(slot: slot, generation: generation, due: time.now + wait)
      pump()
    }
  }

  /// While nothing is polled, tasks still grow too old: looked at every minute at most.
  private func age(at now: Moment) {
    guard now - lastAgeing >= min(.seconds(60), max(.milliseconds(100), rules.giveUpAfter / 20)) else {
      return
    }
    lastAgeing = now
    guard case .wait = gate.admits(at: now) else { return }
    // Those on the due list only: others are polled or written right now. An overdue one is on it.
    var waiting: [(slot: Int, generation: UInt32, due: Moment)] = []
    while let next = due.pop(at: now) { waiting.append(next) }
    for (slot, generation, moment) in waiting {
      guard roster.holds(slot: slot, generation: generation), let task = roster[slot] else { continue }
      if now - task.began >= rules.giveUpAfter {
        see(.nothing, slot: slot, generation: generation, wait: rules.every, at: instant(now))
      } else {
        // Who has waited longest stays first.
        due.insert(slot: slot, generation: generation, due: moment)
      }
    }
  }

  // MARK: Alarms

  private func wake(at moment: Moment, now: Moment) {
    // Also wakes for ageing while the source is held for long.
    let moment = min(moment, now + .seconds(60), now + max(.milliseconds(100), rules.giveUpAfter / 20))
    if let wakeAt, wakeAt <= moment, wakeAt > now { return }
    wakeAt = moment
    loop.wake(after: max(.milliseconds(1), moment - now)) { [weak self] in
      self?.assumeIsolated { $0.rang(at: moment) }
    }
  }

  /// An alarm that an earlier one has taken the place of rings for nobody: were it heeded, it would set a
  /// successor each time, and there would be ever more of them.
  private func rang(at moment: Moment) {
    guard wakeAt == moment else { return }
    wakeAt = nil
    pump()
  }

  // MARK: Telling

  private func tell(_ news: SourceGate.News) {
    let type: EventType
    var reason: String?
    record.sequence += 1
    switch news {
    case .down(let why):
      type = .sourceDown
      reason = why
      log.error("source is down", metadata: ["reason": "\(why)"])
    case .up:
      type = .sourceUp
      reason = "answers again" + (record.down.map { "; it was down: \($0)" } ?? "")
      log.notice("source is up")
      said.removeAll()
    }
    record.down = type == .sourceDown ? reason : nil
    let event = Event(
      type: type, source: name, taskID: nil, sequence: record.sequence, timestamp: time.wall,
      reason: reason)
    journal.write(.source(record, [BoundEvent(event, hooks: router.hooks(for: event))]))
  }

  /// Says in the log what is odd, each thing once.
  private func mention(_ reading: PollReading, of task: WatchedTask) {
    switch reading {
    case .observed(let observation):
      guard observation.state == .unknown, once("status \(observation.status)") else { return }
      log.warning(
        "unknown status, taken as not terminal",
        metadata: ["status": "\(observation.status)", "task": "\(task.id)"])
    case .unreadable(let reason, let hint):
      guard once(reason) else { return }
      log.warning(
        "the answer is not a task", metadata: ["came": "\(reason)", "check": "\(hint)", "task": "\(task.id)"])
    case .failed(let reason):
      guard task.failures == 0 else { return }
      log.info("poll failed, asked again later", metadata: ["reason": "\(reason)", "task": "\(task.id)"])
    case .throttled(let after):
      guard once("throttled") else { return }
      log.warning(
        "the API throttles (429), the source pauses",
        metadata: ["retry_after": "\(after.map(DurationText.write) ?? "not given")"])
    case .gone, .refused, .notFound: break
    }
  }

  /// Bounded, as its keys come from outside.
  private func once(_ key: String) -> Bool { said.count < 1000 && said.insert(key).inserted }

  private func instant(_ now: Moment) -> Instant { Instant(now: now, wall: time.wall) }

  private func wallTime(of moment: Moment, now: Moment, wall: Timestamp) -> Timestamp {
    Timestamp(milliseconds: wall.milliseconds - (now - moment).milliseconds)
  }

  /// Never 0.
  private func fingerprint(_ body: [UInt8]) -> Int {
    var hasher = Hasher()
    body.withUnsafeBytes { hasher.combine(bytes: $0) }
    let hash = hasher.finalize()
    return hash == 0 ? 1 : hash
  }
}

extension Sighting {
  /// What a reading shows of the task itself.
  init(_ reading: PollReading) {
    switch reading {
    case .observed(let observation): self = .observed(observation)
    case .notFound: self = .notFound
    case .gone, .refused, .throttled, .failed, .unreadable: self = .nothing
    }
  }
}

extension PollReading {
  /// Why the poll told nothing of its task, where that is for the API's operator or its user to look at.
  fileprivate var trouble: String? {
    switch self {
    case .observed, .notFound, .gone, .refused: nil
    case .throttled: "HTTP 429, too many requests"
    case .failed(let reason): reason
    case .unreadable(let reason, let hint): "\(reason); \(hint)"
    }
  }
}

/// Sees what polls see; called on the poll path, so it must be quick.
package protocol WatchObserver: Sendable {
  func saw(_ observation: Observation, of task: TaskRef)
  /// A poll told nothing of the task and is made again; the reason says what came.
  func missed(_ task: TaskRef, _ reason: String)
}
