/// Where requests may go. It is held against the addresses that are connected to, never against names: those can
/// change their mind between a look-up and the next.
package enum Reach: Sendable, Hashable {
  /// Wherever the URL leads: for URLs of somebody who is trusted, such as the config's.
  case anywhere
  /// Public addresses, and what is named here beside them: for URLs that come from outside.
  case publicOnly(allow: [AllowedPlace])

  /// What keeps a request from connecting to an address: its kind; nil where nothing does. `host` is the name in
  /// the URL (nil where it cannot be told) and only asked where a name is allowed.
  package func refusal(of address: IPAddress, host: @autoclosure () -> String?) -> AddressKind? {
    guard case .publicOnly(let allowed) = self else { return nil }
    let kind = AddressKind(of: address)
    if kind == .global { return nil }
    var patterns: [HostPattern] = []
    for place in allowed {
      switch place {
      case .addresses(let range):
        if range.contains(address) || range.contains(address.unmapped) { return nil }
      case .hosts(let pattern): patterns.append(pattern)
      }
    }
    if !patterns.isEmpty, let host = host(), patterns.contains(where: { $0.matches(host) }) { return nil }
    return kind
  }
}
