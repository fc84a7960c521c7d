import Hummingbird
import HummingbirdCore
import Model
import Synchronization

/// Requests to the sources' APIs.
final class Upstream: Sendable {
  /// Longest time in which nothing may come or go: that of a slow answer, too. Clients of such APIs wait ten minutes.
  static let stall: Duration = .seconds(600)

  private struct Way: Hashable {
    var method: String
    var connection: ConnectionOptions
    var isNew: Bool
  }

  private let transport: any HTTPTransport
  /// Of the usual methods: a transport keeps handles for each.
  private let profiles = Mutex<[Way: HTTPProfile]>([:])

  init(_ transport: any HTTPTransport) { self.transport = transport }

  func begin(_ request: Request, _ target: ProxyTarget, _ source: ProxySource, key: [HTTPHeader]) -> Exchange
  {
    let method = request.method.rawValue
    let length = request.headers[.contentLength].flatMap { Int64($0) }
    let hasBody = request.headers[.transferEncoding] != nil || (length ?? 0) > 0
    let sendsBody = hasBody && method != "HEAD" && method != "TRACE"
    // A body cannot be sent twice, and what is not idempotent must not be.
    let isNew = sendsBody || !["GET", "HEAD", "OPTIONS", "DELETE", "PUT"].contains(method)
    let profile = profile(Way(method: method, connection: source.connection, isNew: isNew))
    let outgoing = Model.HTTPRequest(
      profile, url: source.baseURL + target.path + target.query,
      headers: ForwardedFields.ofRequest(request.headers, key: key))
    return Exchange(
      outgoing, body: sendsBody ? request.body : nil, count: length, through: transport)
  }

  private func profile(_ way: Way) -> HTTPProfile {
    profiles.withLock { profiles in
      if let known = profiles[way] { return known }
      // Methods and reloads come from outside: what is kept of them is bounded.
      if profiles.count >= 64 { profiles.removeAll() }
      let profile = HTTPProfile(
        method: way.method, connection: way.connection, timeout: .seconds(24 * 3600), bodyLimit: 0,
        decodes: false, stall: Self.stall, connections: way.isNew ? .new : .alone)
      profiles[way] = profile
      return profile
    }
  }
}
