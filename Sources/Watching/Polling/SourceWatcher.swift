import Config
import DequeModule
import Logging
import Model

/// Polls the tasks of one source, on the thread of its HTTP loop. What is decided lies in `SourceGate`,
/// `Pace` and `Decision`; here it is carried out.
///
/// A task is in exactly one place: on the due list, in a running poll, or in a change that is being written.
/// It is polled again only once its change is in the store.
package actor SourceWatcher {
  /// Whether the output files of successes are kept.
  package enum Saving: Sendable {
    case nothing
    case outputs
    /// And the hooks of the success wait for them.
    case outputsBeforeHooks
  }

  package nonisolated let name: String
  let loop: any HTTPLoop
  package nonisolated var unownedExecutor: UnownedSerialExecutor { loop.executor.asUnownedSerialExecutor() }

  var provider: any Provider
  var rules: WatchRules
  var router: any EventRouter
  var wantsProgress: Bool
  let journal: Journal
  let time: any TimeSource
  let log: Logger
  let observer: (any WatchObserver)?
  let counter: (any PollCounter)?

  var roster = Roster()
  var due = DueList()
  var gate: SourceGate
  var record: SourceRecord
  var generator = JitterGenerator()
  var wakeAt: Moment?
  var running = false
  var talk: SourceTalk
  var looks: Deque<Look> = []
  var asked = AskedTasks()
  /// Where one request asks for many tasks.
  var grid: PollGrid?
  var saving: Saving
  var tally = PollTally()
  var book: PaceBook
  /// How often the source's config has changed.
  var era: UInt32 = 0
  var touchCursor = 0
  var lastAgeing: Moment
  /// At least so often it is looked for tasks that have grown too old.
  var upkeepEvery: Duration

  package init(
    name: String, provider: any Provider, rules: WatchRules, record: SourceRecord?, loop: any HTTPLoop,
    router: any EventRouter, journal: Journal, time: any TimeSource, log: Logger, saving: Saving = .nothing,
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
    counter = observer?.counter(of: name)
    var log = log
    log[metadataKey: "source"] = "\(name)"
    self.log = log
    talk = SourceTalk(log)
    self.saving = saving
    grid = Self.grid(for: provider, rules, from: time.now)
    book = PaceBook(rules, batch: provider.batch)
    wantsProgress = router.wantsProgress(of: name)
    self.record = record ?? SourceRecord(name: name)
    gate = SourceGate(rules: rules, down: record?.down != nil)
    lastAgeing = time.now
    upkeepEvery = Self.upkeep(rules)
  }

  static func upkeep(_ rules: WatchRules) -> Duration {
    min(.seconds(60), max(.milliseconds(100), rules.giveUpAfter / 20))
  }

  // MARK: The roster

  /// Begins to watch tasks. Many at once (`spread`) are first polled over one `poll.every`, a new one at once.
  package func add(_ records: [TaskRecord], spread: Bool) {
    let now = time.now
    let wall = time.wall
    roster.reserve(records.count)
    // Those that one request can ask for are best due together.
    let step = spread && records.count > 1 && grid == nil ? rules.every / records.count : .zero
    for (index, record) in records.enumerated() {
      var task = WatchedTask(record, now: now, wall: wall)
      task.pace.kind = kind(of: task)
      guard let place = roster.insert(task) else { continue }
      enqueue(
        slot: place.slot, generation: place.generation,
        due: Self.due(in: step * index, of: rules.every, atLeast: rules.every, from: now))
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
    asked.end(row)
  }

  /// A watched task got a webhook of its own.
  package func set(_ callback: TaskCallback, of row: Int64) {
    guard let slot = roster.slot(ofRow: row) else { return }
    roster[slot]!.callback = callback
  }

  package var count: Int { roster.count }
  package var isDown: Bool { gate.isDown }

  package func start() {
    running = true
    pump()
  }

  /// Starts no more polls; answers of running ones are ignored.
  package func stop() {
    running = false
    for look in looks { look.end(Self.stopped) }
    looks.removeAll()
    asked.endAll()
  }

  /// Poll times that the store does not know yet: at most `limit`, the next ones at the next call.
  package func untouched(limit: Int) -> [(row: Int64, at: Timestamp)] {
    var found: [(row: Int64, at: Timestamp)] = []
    let now = time.now
    let wall = time.wall
    for _ in 0..<roster.capacity where found.count < limit {
      touchCursor = touchCursor + 1 < roster.capacity ? touchCursor + 1 : 0
      guard roster[touchCursor]?.isPollNoted == false, let polled = roster[touchCursor]!.lastPolled else {
        continue
      }
      found.append((roster[touchCursor]!.row, wallTime(of: polled, now: now, wall: wall)))
      roster[touchCursor]!.isPollNoted = true
    }
    return found
  }

  // MARK: Polling

  /// Where a task is polled from: it may be gone, or another's, when the answer comes.
  struct Seat {
    let slot: Int
    let generation: UInt32
    let due: Moment
    let era: UInt32
    let begun: Moment
  }

  func pump() { pump(at: time.now) }

  /// Starts what is due and admitted, then sets the alarm for what comes next.
  func pump(at now: Moment) {
    guard running else { return }
    age(at: now)
    while let soonest = looks.isEmpty ? due.soonest : now {
      guard soonest <= now else { return wake(at: soonest, now: now) }
      if journal.isFull { return wake(at: now + .milliseconds(100), now: now) }
      switch gate.admits(at: now) {
      case .full: return
      case .wait(let moment): return wake(at: moment, now: now)
      case .go: break
      }
      if let look = looks.popFirst() {
        begin(look, at: now)
      } else if let seat = takeSeat(at: now) {
        if isBatched(seat) { poll(filled(seat, at: now), at: now) } else { poll(seat, at: now) }
      }
    }
  }

  /// The soonest that is due; nil where that one is gone or too old to be polled.
  func takeSeat(at now: Moment) -> Seat? {
    guard let (slot, generation, due) = due.pop(at: now), roster.holds(slot: slot, generation: generation)
    else { return nil }
    roster[slot]!.isDue = false
    let seat = Seat(slot: slot, generation: generation, due: due, era: era, begun: now)
    if now - roster[slot]!.began < rules.giveUpAfter { return seat }
    see(.nothing, seat, wait: rules.every, at: instant(now))
    return nil
  }

  func enqueue(slot: Int, generation: UInt32, due moment: Moment) {
    roster[slot]!.isDue = true
    due.insert(slot: slot, generation: generation, due: moment)
  }

  /// Waits of a minute and more end at whole seconds: what is due far apart is asked for together then, at one wake-up,
  /// which costs a fifth of waking up for each. So does what remains of such a wait. They become shorter where they are
  /// not the least that there may be.
  static func due(
    in rest: Duration, of wait: Duration, atLeast least: Duration, from now: Moment
  ) -> Moment {
    guard wait >= .seconds(60), rest > .zero else { return now + rest }
    let second: Int64 = 1_000_000_000
    let up = wait < least + .nanoseconds(second) ? second - 1 : 0
    return Moment(nanoseconds: ((now + rest).nanoseconds + up) / second * second)
  }

  func isBatched(_ seat: Seat) -> Bool { grid != nil && roster[seat.slot]?.hasOwnURL != true }

  /// One seat, and others that are due and can be asked for with it.
  func filled(_ first: Seat, at now: Moment) -> [Seat] {
    var seats = [first]
    var apart: [Seat] = []
    while seats.count < provider.batch, let soonest = due.soonest, soonest <= now {
      guard let seat = takeSeat(at: now) else { continue }
      if isBatched(seat) { seats.append(seat) } else { apart.append(seat) }
    }
    for seat in apart { enqueue(slot: seat.slot, generation: seat.generation, due: seat.due) }
    return seats
  }

  func isHeld(_ seat: Seat) -> Bool { roster.holds(slot: seat.slot, generation: seat.generation) }

  // MARK: Alarms

  func wake(at moment: Moment, now: Moment) {
    // Also wakes for ageing while the source is held for long.
    let moment = min(moment, now + upkeepEvery)
    if let wakeAt, wakeAt <= moment, wakeAt > now { return }
    wakeAt = moment
    // Held strongly, for a minute at most: an object with weak references has its references counted the slow way.
    loop.wake(after: max(.milliseconds(1), moment - now)) { self.assumeIsolated { $0.rang(at: moment) } }
  }

  /// An alarm that an earlier one has taken the place of rings for nobody: were it heeded, it would set a
  /// successor each time, and there would be ever more of them.
  func rang(at moment: Moment) {
    guard wakeAt == moment else { return }
    wakeAt = nil
    pump()
  }

  // MARK: Telling

  func tell(_ news: SourceGate.News) {
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
      talk.forget()
    }
    record.down = type == .sourceDown ? reason : nil
    let event = Event(
      type: type, source: name, taskID: nil, sequence: record.sequence, timestamp: time.wall,
      reason: reason)
    journal.write(.source(record, [BoundEvent(event, hooks: router.hooks(for: event))]))
  }

  func instant(_ now: Moment) -> Instant { Instant(now: now, wall: time.wall) }

  func wallTime(of moment: Moment, now: Moment, wall: Timestamp) -> Timestamp {
    Timestamp(milliseconds: wall.milliseconds - (now - moment).milliseconds)
  }

  /// Never 0.
  func fingerprint(_ body: [UInt8]) -> Int {
    var hasher = Hasher()
    body.withUnsafeBytes { hasher.combine(bytes: $0) }
    let hash = hasher.finalize()
    return hash == 0 ? 1 : hash
  }
}
