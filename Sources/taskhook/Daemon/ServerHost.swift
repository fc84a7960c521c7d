import Logging
import Model
import Server

/// The server of a daemon, as the config of the moment has it: off, or on at an address.
actor ServerHost {
  private let daemon: Daemon
  private let counting: Counting
  /// What streams through the proxy has a thread of its own, and keeps no poll and no delivery waiting.
  private let passing: any HTTPTransport
  private let log: Logger
  private var running: Running?

  private struct Running {
    let server: Server
    let proxy: Proxy
    let listen: ListenAddress
  }

  /// What a config wants, made ready: another server on another address listens already.
  enum Change: Sendable {
    case off
    case settings(Server.Settings)
    case address(Server, Proxy, EventFeed, ListenAddress)
  }

  init(_ daemon: Daemon, counting: Counting, passing: any HTTPTransport, log: Logger) {
    self.passing = passing
    self.daemon = daemon
    self.counting = counting
    self.log = log
  }

  /// Does what can fail of a change.
  func prepare(_ section: ServerSection?) async throws(ServerError) -> Change {
    guard let section else { return .off }
    let settings = Server.Settings(section)
    if running?.listen == section.listen { return .settings(settings) }
    let time = daemon.ground.time
    let feed = EventFeed(store: daemon.ground.store, time: time, metrics: counting.metrics, log: log)
    let proxy = Proxy(
      sources: DaemonSources(daemon: daemon), control: daemon, metrics: counting.metrics, transport: passing,
      settings: settings.proxy, time: time, log: log)
    let server = Server(
      settings, control: daemon, metrics: counting.metrics, feed: feed, proxy: proxy, pages: Dashboard.pages,
      time: time, log: log)
    let bound = try await server.start()
    log.notice("listening", metadata: ["address": "http://\(bound)"])
    return .address(server, proxy, feed, section.listen)
  }

  func carryOut(_ change: Change) async {
    switch change {
    case .off: await stop()
    case .settings(let settings):
      running?.proxy.follow(settings.proxy)
      await running?.server.reconfigure(settings)
    case .address(let server, let proxy, let feed, let listen):
      let old = running
      running = Running(server: server, proxy: proxy, listen: listen)
      counting.wake(feed)
      await old?.server.stop()
    }
  }

  /// Nothing comes of a change that was made ready.
  func discard(_ change: Change) async {
    if case .address(let server, _, _, _) = change { await server.stop() }
  }

  func stop() async {
    counting.wake(nil)
    await running?.server.stop()
    running = nil
  }
}
