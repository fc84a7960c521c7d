import Model
import Server
import Watching

/// A daemon's sources as the proxy knows them: those of the plan of the moment.
struct DaemonSources: ProxySources {
  let daemon: Daemon

  func source(named name: String) -> ProxySource? {
    let (plan, watcher) = daemon.work.withLock { work in
      (work.plan.sources.first { $0.name == name }, work.watchers[name])
    }
    guard let plan, let watcher else { return nil }
    return ProxySource(
      name: name, traffic: plan.provider.traffic, baseURL: plan.baseURL, connection: plan.connection,
      ownHeaders: plan.provider.ownHeaders, pollEvery: plan.rules.every
    ) { await watcher.latest(of: $0, notOlderThan: $1) }
  }
}
