/// Where the events of one task go beside the hooks of the config: a webhook of the task's own. It comes in through
/// the API, and is not trusted as the config is.
///
/// A class, as most of a million watched tasks have none: it takes one word there.
package final class TaskCallback: Sendable, Equatable {
  /// http or https; a credential.
  package let url: SecretURL
  /// Signs the requests; nil for none.
  package let secret: Secret?
  /// Which events: `on` of a hook, as JSON text.
  package let on: String
  /// The name under which its deliveries go: `callback:` and the scheme, host and port of its URL. What goes to one
  /// server shares a queue; no name in a config has a colon.
  package let hook: String

  package init(url: SecretURL, secret: Secret? = nil, on: String) {
    self.url = url
    self.secret = secret
    self.on = on
    hook = Self.prefix + Self.origin(of: url.reveal())
  }

  package static func == (a: TaskCallback, b: TaskCallback) -> Bool {
    a === b || (a.url == b.url && a.secret == b.secret && a.on == b.on)
  }

  private static let prefix = "callback:"

  /// A name that stands for all of them.
  package static let anyHook = prefix + "*"

  /// Whether deliveries under this name are those of callbacks.
  package static func isHook(_ name: String) -> Bool { name.hasPrefix(prefix) }

  /// Scheme, host and port, in small letters: what is before the path, without a user.
  private static func origin(of url: String) -> String {
    guard let scheme = url.range(of: "://") else { return "" }
    let authority = url[scheme.upperBound...].prefix { !"/?#\\".contains($0) }
    let host = authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] } ?? authority
    return (url[..<scheme.upperBound] + host).lowercased()
  }
}
