import Config
import Model

/// `server:` the control API, dashboard, metrics and proxy.
package struct ServerSection: ConfigSection {
  enum Keys {
    static let listen = Key(
      "listen", .listenAddress, defaultText: "127.0.0.1:8787",
      doc: "Where it listens: an IP address and a port.")
    static let token = Key(
      "token", .secret, defaultText: "none",
      doc: "What callers must show (`Authorization: Bearer …`); required on any address but loopback.")
    static let hosts = Key(
      "hosts", .list(of: .place), default: [], defaultText: "none",
      doc: "Names under which it may be called (the `Host` header), beside its address and localhost.")
    static let callbacks = Key(
      "callbacks", .section(CallbackSection.self), doc: "Webhooks that come in through the API with a task.")
    static let proxy = Key(
      "proxy", .section(ProxySection.self), doc: "`/proxy/SOURCE/…`, which forwards to the source's API.")
  }

  package static let keys: [AnyKey] = [
    AnyKey(Keys.listen), AnyKey(Keys.token), AnyKey(Keys.hosts), AnyKey(Keys.callbacks), AnyKey(Keys.proxy),
  ]

  package let listen: ListenAddress
  package let token: Secret?
  /// Names and addresses in `Host` beside its own.
  package let hosts: [AllowedPlace]
  /// Where callbacks may go beside public addresses.
  package let callbackPlaces: [AllowedPlace]
  package let proxy: ProxySettings

  package init?(_ section: Section) {
    listen = section[Keys.listen] ?? .standard
    token = section[Keys.token]
    hosts = section[Keys.hosts]
    callbackPlaces = section[Keys.callbacks]?.allow ?? []
    proxy = section[Keys.proxy]?.settings ?? ProxySettings()
    if !listen.isLoopback && !section.has(Keys.token) {
      section.fail(
        at: Keys.listen, "\(listen) can be reached by others",
        expected: "a \"token\" beside it, or a loopback address")
      return nil
    }
  }
}

/// `server.callbacks`
struct CallbackSection: ConfigSection {
  enum Keys {
    static let allow = Key(
      "allow", .list(of: .place), default: [], defaultText: "none",
      doc: "Address ranges and hosts that callbacks may reach beside the public Internet.")
  }

  static let keys: [AnyKey] = [AnyKey(Keys.allow)]
  let allow: [AllowedPlace]

  init?(_ section: Section) { allow = section[Keys.allow] }
}

/// How the proxy deals with callers.
package struct ProxySettings: Sendable, Equatable {
  /// Whether callers without a key of their own get the source's.
  package var sharesKey: Bool
  /// How old an observation may be to be an answer; nil for the source's `poll.every`.
  package var fresh: Duration?

  package init(sharesKey: Bool = false, fresh: Duration? = nil) {
    self.sharesKey = sharesKey
    self.fresh = fresh
  }
}

/// `server.proxy`
struct ProxySection: ConfigSection {
  enum Keys {
    static let shareKey = Key(
      "share_key", .boolean, default: false,
      doc: "Whether requests without a key of their own go out with the source's.")
    static let fresh = Key(
      "fresh", .duration, defaultText: "the source's poll.every",
      doc:
        "How old the last observation of a task may be to be its answer; an older one is renewed by one poll."
    )
  }

  static let keys: [AnyKey] = [AnyKey(Keys.shareKey), AnyKey(Keys.fresh)]
  let settings: ProxySettings

  init?(_ section: Section) {
    settings = ProxySettings(sharesKey: section[Keys.shareKey], fresh: section[Keys.fresh])
  }
}
