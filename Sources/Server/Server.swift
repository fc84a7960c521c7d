import Logging
import Model

/// The control API, the event stream, metrics, dashboard and proxy on one address.
package actor Server {
  /// What the config says of it. All but the address may change while it runs.
  package struct Settings: Sendable {
    package var listen: ListenAddress
    package var token: Secret?
    /// Names under which it may be called beside its own.
    package var hosts: [AllowedPlace]
    package var proxy: ProxySettings

    package init(
      listen: ListenAddress, token: Secret? = nil, hosts: [AllowedPlace] = [],
      proxy: ProxySettings = ProxySettings()
    ) {
      self.listen = listen
      self.token = token
      self.hosts = hosts
      self.proxy = proxy
    }

    package init(_ section: ServerSection) {
      self.init(
        listen: section.listen, token: section.token, hosts: section.hosts, proxy: section.proxy)
    }
  }

  private let reception: Reception
  private let limits: ServerLimits
  private let time: any TimeSource
  private let log: Logger
  private var settings: Settings
  private var listener: Listener?

  /// - Parameters:
  ///   - feed: of the same store; to be woken at every commit.
  ///   - proxy: answers what is below `/proxy/`; nil for none.
  ///   - pages: what is shown at `/` and below `/dashboard/`.
  package init(
    _ settings: Settings, control: any Control, metrics: Metrics, feed: EventFeed,
    proxy: (any RequestHandler)? = nil, pages: StaticFiles = StaticFiles(),
    limits: ServerLimits = ServerLimits(),
    time: any TimeSource, log: Logger
  ) {
    self.settings = settings
    self.limits = limits
    self.time = time
    self.log = log
    let context = APIContext(control: control, metrics: metrics, time: time, log: log)
    reception = Reception(context: context, feed: feed, proxy: proxy, pages: pages, limits: limits)
  }

  /// Binds the address; answers it with the port that was bound. A server that runs stays as it is.
  package func start() async throws(ServerError) -> ListenAddress {
    if let listener { return ListenAddress(host: settings.listen.host, port: listener.port) }
    do {
      let listener = try await Listener(settings.listen, limits: limits, time: time, log: log) {
        [reception] request, writer, channel in
        try await reception.respond(to: request, writer, on: channel)
      }
      self.listener = listener
      let address = ListenAddress(host: settings.listen.host, port: listener.port)
      follow(address)
      return address
    } catch {
      throw ServerError("cannot listen on \(settings.listen): \(error)")
    }
  }

  /// Takes other settings for the requests to come. An address that differs is for a new server to bind.
  package func reconfigure(_ settings: Settings) {
    let listen = self.settings.listen
    self.settings = settings
    self.settings.listen = listen
    follow(ListenAddress(host: listen.host, port: listener?.port ?? listen.port))
  }

  private func follow(_ address: ListenAddress) {
    reception.follow(
      Reception.Rules(
        gate: Gate(listen: address, hosts: settings.hosts, token: settings.token),
        sharesKey: settings.proxy.sharesKey))
  }

  /// Closes the address and all connections: event streams at once, running requests when they end or after two
  /// seconds.
  package func stop() async {
    guard let listener else { return }
    self.listener = nil
    await listener.stop()
  }
}

/// Why the server does not listen.
package struct ServerError: Error, Sendable, CustomStringConvertible {
  package var description: String

  init(_ description: String) { self.description = description }
}
