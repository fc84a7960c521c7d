import Model
import Server
import Synchronization
import Watching

/// The daemon's sources as the proxy knows them. A reload gives others.
final class DaemonSources: ProxySources {
  private let sources = Mutex<[String: ProxySource]>([:])

  /// To be called before anything is answered, and again after a reload.
  func serve(_ sources: [ProxySource]) {
    let named = Dictionary(uniqueKeysWithValues: sources.map { ($0.name, $0) })
    self.sources.withLock { $0 = named }
  }

  func source(named name: String) -> ProxySource? { sources.withLock { $0[name] } }
}

extension ProxySource {
  init(_ part: Daemon.SourcePart, watcher: SourceWatcher) {
    self.init(
      name: part.name, traffic: part.provider.traffic, baseURL: part.baseURL, connection: part.connection,
      ownHeaders: part.provider.ownHeaders, pollEvery: part.rules.every
    ) { await watcher.latest(of: $0, notOlderThan: $1) }
  }
}
