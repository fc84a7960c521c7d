import Logging
import Model
import Watching

extension Daemon {
  /// Goes on by another plan: with the tasks, queues, breakers and pauses that there are. What can fail is done
  /// first: where it throws, the old plan holds untouched.
  ///
  /// - Parameter changed: names of the sources whose own keys differ.
  func adopt(_ plan: Plan, changed: Set<String>) async throws(StoreError) {
    let registrations = try await ground.store.register(plan.tasks, mark: nil)
    let records = try await ground.store.sourceRecords()

    let paces = try await ground.store.paces(limit: SourceWatcher.kinds)

    let old = watchers
    var watchers: [String: SourceWatcher] = [:]
    var new: [String: SourceWatcher] = [:]
    for source in plan.sources {
      if let watcher = old[source.name] {
        watchers[source.name] = watcher
      } else {
        let watcher = Self.watcher(
          of: source, record: records.first { $0.name == source.name }, ground, router: plan.router,
          journal: journal, log: log)
        await watcher.recall(paces)
        new[source.name] = watcher
        watchers[source.name] = watcher
      }
    }
    // First the queues, so that no event is bound for one that is not there.
    await dispatcher.reconfigure(plan.hooks.map(\.entry), router: plan.router, callbacks: plan.callbacks)
    let adopted = watchers
    work.withLock { $0 = Work(plan: plan, watchers: adopted) }
    serveRenewals()
    for source in plan.sources {
      await old[source.name]?.reconfigure(
        provider: source.provider, rules: source.rules, router: plan.router, saving: source.saving,
        isChanged: changed.contains(source.name))
    }
    for (name, watcher) in old where adopted[name] == nil { await watcher.stop() }
    await saver.reconfigure(plan.sources.map(\.saver), router: plan.router)
    await watch(
      registrations.compactMap { registration in
        if case .added(let record) = registration { record } else { nil }
      })
    for (name, watcher) in new {
      await watcher.start()
      do { try await load(source: name, to: watcher) } catch {
        log.error(
          "tasks of a new source cannot be read; they are polled from the next start or reload",
          metadata: ["source": "\(name)", "error": "\(error)"])
      }
    }
    do { try await mentionHooksThatAreGone() } catch {
      log.error("the state cannot be used", metadata: ["error": "\(error)"])
    }
  }
}
