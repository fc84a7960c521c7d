import Logging
import Model
import Watching

/// How tasks come to their watchers: from the store, from other processes, from a file.
extension Daemon {
  /// Hands the watched tasks of the store to their watchers, those that came since the last time; answers how
  /// many.
  @discardableResult
  func load() async throws -> Int {
    var count = 0
    var strangers: [String: Int] = [:]
    try await pages(of: nil, after: lastRow.withLock { $0 }) { source, tasks in
      guard let watcher = watchers[source] else {
        strangers[source, default: 0] += tasks.count
        return
      }
      await watcher.add(tasks, spread: tasks.count > Self.herd)
      count += tasks.count
    } passed: { row in
      lastRow.withLock { $0 = row }
    }
    for (source, count) in strangers {
      log.warning(
        "tasks of a source that the config does not have are not polled",
        metadata: ["source": "\(source)", "tasks": "\(count)"])
    }
    return count
  }

  /// Hands all watched tasks of one source to its watcher, which takes none twice.
  func load(source: String, to watcher: SourceWatcher) async throws {
    try await pages(of: source, after: 0) { _, tasks in
      await watcher.add(tasks, spread: tasks.count > Self.herd)
    }
  }

  private func pages(
    of source: String?, after row: Int64, _ take: (String, [TaskRecord]) async -> Void,
    passed: (Int64) -> Void = { _ in }
  ) async throws {
    var last = row
    while true {
      let query = TaskQuery(source: source, watchedOnly: true, after: last, limit: Self.page)
      let page = try await ground.store.tasks(query)
      for (source, tasks) in Dictionary(grouping: page, by: \.ref.source) { await take(source, tasks) }
      last = page.last?.row ?? last
      passed(last)
      if page.count < Self.page { return }
    }
  }

  /// Has tasks watched that this process registered.
  func watch(_ records: [TaskRecord]) async {
    for (source, tasks) in Dictionary(grouping: records, by: \.ref.source) {
      await watchers[source]?.add(tasks, spread: tasks.count > Self.herd)
    }
  }

  /// Does what other processes asked for.
  func obeySignals() async throws {
    for signal in SignalOrder.of(try await ground.store.signals()) {
      switch signal {
      case .tasksAdded: mayHaveTasks.store(true, ordering: .relaxed)
      case .watchAgain(let record): await watchers[record.ref.source]?.restart(record)
      case .unwatch(let row, let ref): await watchers[ref.source]?.remove(row: row)
      case .callbackSet(let row, let ref, let callback): await watchers[ref.source]?.set(callback, of: row)
      case .savesOrdered: saver.notify()
      case .replayed(let hook): dispatcher.notify(hook)
      case .resumed(let hook): dispatcher.resume(hook)
      }
    }
    if mayHaveTasks.load(ordering: .relaxed) {
      try await load()
      mayHaveTasks.store(false, ordering: .relaxed)
    }
  }

  // MARK: tasks_from

  /// Follows the file that the plan of the moment names.
  func followTasksFile() async {
    var file: TasksFile?
    var followed: String?
    var isReadable = true
    while !Task.isCancelled {
      let path = plan.tasksFrom
      if path != followed {
        followed = path
        isReadable = true
        file = nil
        if let path {
          let mark = try? await ground.store.mark(TasksFile.markName(of: path))
          file = TasksFile(path: path, mark: mark)
        }
      }
      if let path, file != nil {
        do {
          while let chunk = try file!.read() { await take(chunk, of: path) }
          isReadable = true
        } catch {
          if isReadable {
            log.error("tasks_from cannot be read", metadata: ["path": "\(path)", "error": "\(error)"])
          }
          isReadable = false
        }
      }
      try? await ground.time.sleep(until: ground.time.now + .milliseconds(500))
    }
  }

  private func take(_ chunk: TasksFile.Chunk, of path: String) async {
    let sources = plan.sources.map(\.name)
    var tasks: [NewTask] = []
    for line in chunk.lines {
      do throws(TaskLine.Refusal) {
        let fallback = sources.count == 1 ? sources[0] : nil
        if let task = try TaskLine.read(line.bytes, source: fallback, sources: sources) { tasks.append(task) }
      } catch {
        log.warning(
          "a line of tasks_from is no task",
          metadata: ["path": "\(path)", "line": "\(line.number)", "reason": "\(error)"])
      }
    }
    while !Task.isCancelled {
      do throws(StoreError) {
        let added = try await ground.store.register(tasks, mark: chunk.mark).compactMap { registration in
          if case .added(let record) = registration { record } else { nil }
        }
        if !added.isEmpty {
          log.info("tasks added", metadata: ["count": "\(added.count)", "from": "\(path)"])
        }
        return await watch(added)
      } catch {
        log.error("tasks cannot be registered; tried again", metadata: ["error": "\(error)"])
        try? await ground.time.sleep(until: ground.time.now + .seconds(5))
      }
    }
  }
}
