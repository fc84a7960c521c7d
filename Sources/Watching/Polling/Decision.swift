import Config
import Model

/// What a poll showed of a task, or that time has passed.
enum Sighting: Sendable, Equatable {
  case observed(Observation)
  /// The same body as at the last poll.
  case unchanged
  case notFound
  /// The API will never tell of this id, and says why.
  case gone(String)
  /// No answer; only time has passed.
  case nothing
}

/// When something was seen: on both timelines.
struct Instant: Sendable {
  var now: Moment
  var wall: Timestamp
}

/// What follows from a sighting: the task as it stands afterwards, what is to be told, and whether watching
/// ends. Pure and total.
///
/// - A status (or what is made of it) that differs from the recorded one is a transition, the first sight
///   included; a terminal one ends the watch.
/// - A progress step is told where a hook asks for it: `router` names at least one.
/// - Unknown to the API for `notFoundFor` since watching began and never seen: `task.not_found`. Once seen,
///   three such answers in a row: `task.lost`.
/// - An API that says that it will never tell of the id: the same, at once.
/// - Neither status nor progress changed for `stalledAfter`: `task.stalled`, once until something changes.
/// - Older than `giveUpAfter`: `task.timed_out`. A transition seen at that moment is still told first.
struct Decision: Sendable {
  var task: WatchedTask
  private(set) var events: [BoundEvent] = []
  private(set) var ending: TaskRecord.Ending?

  private let source: String
  private let at: Instant
  private let router: any EventRouter

  init(
    from task: WatchedTask, of source: String, seeing sighting: Sighting, at instant: Instant,
    rules: WatchRules, wantsProgress: Bool = false, router: any EventRouter
  ) {
    self.task = task
    self.source = source
    self.at = instant
    self.router = router

    switch sighting {
    case .observed(let observation): observe(observation, wantsProgress: wantsProgress)
    case .unchanged: self.task.misses = 0
    case .notFound: miss(rules)
    case .gone(let reason): end(because: reason)
    case .nothing: break
    }
    if ending == nil { grow(old: rules, seen: sighting) }
  }

  /// Whether anything must be written.
  var isNews: Bool { !events.isEmpty || ending != nil }

  /// Has what a success made be kept; `order` is only asked where there is one.
  mutating func save(_ order: (_ task: [UInt8]) -> SaveOrder?) {
    guard let index = events.firstIndex(where: { $0.event.type == .task(.succeeded) }),
      let task = events[index].event.task
    else { return }
    events[index].save = order(task)
  }

  private mutating func observe(_ seen: Observation, wantsProgress: Bool) {
    task.misses = 0
    if let createdAt = seen.createdAt { task.createdAt = createdAt }
    if seen.status != task.status || seen.state != task.state {
      let event = self.event(.task(seen.state), observation: seen)
      task.status = seen.status
      task.state = seen.state
      task.progress = seen.progress
      task.changedAt = at.wall
      task.active = at.now
      task.stalled = false
      tell(event)
      if seen.state.isTerminal { ending = .terminal }
    } else if let progress = seen.progress, progress != task.progress {
      let isWanted = wantsProgress || task.callback.map(router.wantsProgress) ?? false
      let event = isWanted ? self.event(.progress, observation: seen) : nil
      task.progress = progress
      task.active = at.now
      task.stalled = false
      if let event { tell(event, onlyIfRouted: true) }
    }
  }

  private mutating func miss(_ rules: WatchRules) {
    task.misses = UInt8(clamping: Int(task.misses) + 1)
    if task.status == nil {
      guard at.now - task.began >= rules.notFoundFor else { return }
      tell(
        event(
          .notFound,
          reason:
            "the API did not know the id for \(DurationText.write(rules.notFoundFor)) after watching began"))
      ending = .notFound
    } else if Int(task.misses) >= WatchRules.missesUntilLost {
      tell(event(.lost, reason: "seen before, then unknown to the API in \(task.misses) polls in a row"))
      ending = .lost
    }
  }

  private mutating func end(because reason: String) {
    let wasSeen = task.status != nil
    tell(event(wasSeen ? .lost : .notFound, reason: reason))
    ending = wasSeen ? .lost : .notFound
  }

  private mutating func grow(old rules: WatchRules, seen: Sighting) {
    if at.now - task.began >= rules.giveUpAfter {
      tell(event(.timedOut, reason: "watched for \(DurationText.write(rules.giveUpAfter)) without an end"))
      ending = .timedOut
      return
    }
    // Stillness is only known where the API answered.
    let answered =
      switch seen {
      case .observed, .unchanged: true
      case .notFound, .gone, .nothing: false
      }
    if answered, !task.stalled, at.now - task.active >= rules.stalledAfter {
      task.stalled = true
      tell(
        event(
          .stalled,
          reason: "no change of status or progress for \(DurationText.write(rules.stalledAfter))"))
    }
  }

  private func event(_ type: EventType, observation: Observation? = nil, reason: String? = nil) -> Event {
    Event(
      type: type, source: source, taskID: task.id, sequence: 0, timestamp: at.wall,
      status: observation?.status ?? task.status, state: observation?.state ?? task.state,
      previousStatus: task.status, previousState: task.state,
      progress: observation?.progress ?? (observation == nil ? task.progress : nil),
      previousProgress: task.progress, labels: task.labels, task: observation?.task, reason: reason,
      createdAt: task.createdAt, callback: task.callback)
  }

  private mutating func tell(_ event: Event, onlyIfRouted: Bool = false) {
    var event = event
    event.sequence = Int(task.sequence) + 1
    let hooks = router.hooks(for: event)
    if onlyIfRouted && hooks.isEmpty { return }
    task.sequence += 1
    events.append(BoundEvent(event, hooks: hooks))
  }
}
