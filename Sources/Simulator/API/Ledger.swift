import Model

/// All that the stand-in remembers.
struct Ledger {
  let options: SimulatorOptions
  private var tasks: [String: SimulatedTask] = [:]
  var stats = SimulatorStats()
  private var pace: Pace?
  /// Requests that are about no known task.
  private var strays = 0

  init(_ options: SimulatorOptions) {
    self.options = options
    pace = options.rate.map { Pace($0) }
  }

  // MARK: Tasks

  func task(_ id: String) -> SimulatedTask? { tasks[id] }

  /// Makes the next task; its id follows from the seed and how many there were before.
  mutating func create(_ media: Media, now: Moment, wall: Timestamp) -> String {
    var dice = Dice(seed: options.seed, "id", "", stats.created)
    let id = dice.uuid()
    stats.created += 1
    insert(id, media, now, wall)
    return id
  }

  /// Makes a task of an id that was never seen, where ids of its kind are adopted.
  mutating func adopt(_ id: String, now: Moment, wall: Timestamp) {
    guard options.adopt, id.hasPrefix("sim-"), TaskID.refusal(of: id) == nil, tasks[id] == nil else { return }
    stats.adopted += 1
    insert(id, .video, now, wall)
  }

  /// Cancels a task that runs, deletes one that has ended. Answers false where there is none.
  mutating func cancel(_ id: String, now: Moment) -> Bool {
    guard var task = tasks[id], !task.deleted else { return false }
    if task.phase(at: now, speed: options.speed)?.hasEnded == true {
      task.deleted = true
    } else {
      task.cancelledAt = now
    }
    tasks[id] = task
    stats.cancelled += 1
    return true
  }

  private mutating func insert(_ id: String, _ media: Media, _ now: Moment, _ wall: Timestamp) {
    // In API time; at speeds below 1 it is kept from growing in real time.
    let unknownFor = options.unknownFor.seconds * min(1, options.speed)
    let lifecycle = Lifecycle(
      seed: options.seed, id: id, media: media, unknownFor: unknownFor, failures: options.failures)
    tasks[id] = SimulatedTask(created: now, createdAt: wall, media: media, lifecycle: lifecycle)
  }

  // MARK: Requests

  /// The number of a request among those about the same task, or about none.
  mutating func count(about id: String?) -> Int {
    guard let id, let number = tasks[id]?.requests else {
      strays += 1
      return strays
    }
    tasks[id]?.requests = number + 1
    return number + 1
  }

  mutating func notePoll(_ id: String, now: Moment) {
    stats.polls += 1
    guard let task = tasks[id] else { return }
    if let last = task.lastPoll { stats.shortestGap = min(stats.shortestGap ?? now - last, now - last) }
    tasks[id]?.lastPoll = now
  }

  /// nil where the request is within the rate, else how long the caller has to wait.
  mutating func excess(caller: String, now: Moment) -> Duration? {
    let wait = pace?.excess(caller: caller, now: now)
    if wait != nil { stats.rateLimited += 1 }
    return wait
  }

  /// The stats, with the tasks as they are now.
  func stats(now: Moment) -> SimulatorStats {
    var stats = stats
    for task in tasks.values {
      stats.tasks[task.phase(at: now, speed: options.speed)?.status ?? "unknown", default: 0] += 1
    }
    return stats
  }
}
