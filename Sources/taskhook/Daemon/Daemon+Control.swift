import Config
import Hooks
import Model
import Server
import Watching

/// What the control API shows and steers. What comes in here is done at once: no signal goes through the store.
extension Daemon: Control {
  var store: any Store { ground.store }

  // MARK: Looking

  func sources() async -> [SourceStatus] {
    let (plan, watchers) = work.withLock { ($0.plan, $0.watchers) }
    var statuses: [SourceStatus] = []
    for source in plan.sources {
      guard let watcher = watchers[source.name] else { continue }
      let status = await watcher.status
      statuses.append(
        SourceStatus(
          name: source.name, provider: source.kind, baseURL: source.baseURL, down: status.down,
          watched: status.watched, overdue: status.overdue, pollEvery: source.rules.every,
          rate: source.rules.rate, connections: source.rules.connections, running: status.running,
          polls: status.polls, failures: status.failures, pollsLastMinute: status.pollsLastMinute,
          failuresLastMinute: status.failuresLastMinute, pausedUntil: status.pausedUntil.map(wall)))
    }
    return statuses
  }

  func hooks() async -> [HookStatus] {
    let plans = Dictionary(uniqueKeysWithValues: plan.hooks.map { ($0.name, $0) })
    let order = Dictionary(uniqueKeysWithValues: plan.hooks.enumerated().map { ($1.name, $0) })
    return await dispatcher.statuses().map { status in
      let hook = plans[status.name]
      var breaker = HookStatus.Breaker.off
      var probe: Timestamp?
      switch status.breaker {
      case .off: break
      case .closed: breaker = .closed
      case .open(let moment):
        breaker = .open
        probe = moment.map(wall)
      }
      return HookStatus(
        name: status.name, action: hook?.action ?? "callback",
        target: hook?.target ?? String(status.name.dropFirst("callback:".count)), state: status.state,
        breaker: breaker, nextProbe: probe, running: status.running)
    }.sorted { (order[$0.name] ?? .max, $0.name) < (order[$1.name] ?? .max, $1.name) }
  }

  func live(_ records: [TaskRecord]) async -> [TaskRecord] {
    let watchers = watchers
    var known: [Int64: LiveTask] = [:]
    for (source, tasks) in Dictionary(grouping: records.filter { $0.ending == nil }, by: \.ref.source) {
      guard let watcher = watchers[source] else { continue }
      known.merge(await watcher.live(tasks.map(\.row))) { $1 }
    }
    return records.map { record in
      guard let live = known[record.row] else { return record }
      var record = record
      record.progress = live.progress
      record.lastPolled = live.lastPolled ?? record.lastPolled
      return record
    }
  }

  func outputs(of task: [UInt8], ref: TaskRef, url: String?) -> [TaskOutput] {
    plan.sources.first { $0.name == ref.source }?.provider
      .outputs(of: task, at: TaskAddress(id: ref.id, url: url)) ?? []
  }

  /// Moments count on a timeline that does not jump; people read the wall clock.
  private func wall(_ moment: Moment) -> Timestamp {
    let (now, wall) = (ground.time.now, ground.time.wall)
    return Timestamp(milliseconds: wall.milliseconds + (moment - now).milliseconds)
  }

  // MARK: Steering

  func refusal(of task: NewTask) -> ControlRefusal? {
    let sources = plan.sources
    guard let source = sources.first(where: { $0.name == task.ref.source }) else {
      let names = sources.map(\.name)
      let meant = Nearest.name(to: task.ref.source, among: names).map { "; did you mean \($0)?" } ?? ""
      return ControlRefusal(
        "source", "there is no source of this name (there are: \(names.joined(separator: ", ")))\(meant)")
    }
    if let reason = TaskID.refusal(of: task.ref.id) { return ControlRefusal("id", reason) }
    guard task.url != nil else { return nil }
    do throws(AddressRefusal) {
      _ = try source.provider.request(for: TaskAddress(id: task.ref.id, url: task.url))
      return nil
    } catch {
      return ControlRefusal("url", error.description)
    }
  }

  func callback(url: String, secret: String?, on: [UInt8]?) throws(ControlRefusal) -> TaskCallback {
    do throws(CallbackReader.Mistake) {
      return try plan.callbackReader.read(url: url, secret: secret, on: on)
    } catch {
      throw ControlRefusal("callback.\(error.member.rawValue)", error.reason)
    }
  }

  func add(_ tasks: [NewTask]) async throws(StoreError) -> [Registration] {
    let registrations = try await ground.store.register(tasks, mark: nil)
    var added: [TaskRecord] = []
    for registration in registrations {
      switch registration {
      case .added(let record) where record.watchedSince != record.firstSeen:
        // Watched before: what the watcher may know of that is forgotten.
        await watchers[record.ref.source]?.restart(record)
      case .added(let record): added.append(record)
      case .known(let record):
        if let callback = record.callback, record.ending == nil {
          await watchers[record.ref.source]?.set(callback, of: record.row)
        }
      }
    }
    await watch(added)
    if !added.isEmpty { log.info("tasks added", metadata: ["count": "\(added.count)", "from": "the API"]) }
    return registrations
  }

  func remove(_ refs: [TaskRef]) async throws(StoreError) -> [TaskRef] {
    let removed = try await ground.store.remove(refs)
    for ref in removed {
      let query = TaskQuery(source: ref.source, id: ref.id, limit: 1)
      guard let record = try await ground.store.tasks(query).first else { continue }
      await watchers[ref.source]?.remove(row: record.row)
    }
    return removed
  }

  func replay(_ selection: DeliverySelection, dryRun: Bool) async throws(StoreError) -> [DeliveryRow] {
    let chosen = try await ground.store.replay(selection, now: ground.time.now, dryRun: dryRun)
    if !dryRun { for hook in Set(chosen.map(\.hook)) { dispatcher.notify(hook) } }
    return chosen
  }

  func resume(hook: String) async throws(StoreError) -> Bool {
    let was = try await ground.store.resume(hook: hook)
    dispatcher.resume(hook)
    return was
  }

  func test(hook: String) async throws(CancellationError) -> AttemptReport {
    guard let plan = plan.hooks.first(where: { $0.name == hook }) else {
      return AttemptReport(.dead(reason: "there is no hook of this name any more"))
    }
    return try await plan.entry.hook.perform(plan.sample(ground.time.wall))
  }
}
