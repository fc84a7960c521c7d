import Foundation
import Model

/// Speaks to a daemon's control API.
struct ControlClient: Sendable {
  /// As it was given, without the slash at its end.
  let base: String
  private let token: Secret?
  private let transport: any HTTPTransport

  /// Of one request.
  static let timeout: Duration = .seconds(60)
  /// Largest answer taken: a page of 1,000 tasks with large labels, a task with a long history.
  private static let bodyLimit = 256 << 20

  init(_ url: String, token: Secret?, transport: any HTTPTransport) throws {
    let scheme = url.lowercased().prefix { $0 != ":" }
    guard scheme == "http" || scheme == "https", let parts = URLComponents(string: url),
      parts.host?.isEmpty == false, parts.query == nil, parts.fragment == nil, parts.user == nil
    else {
      throw Failure(
        .usage, "--server: \(Printable.line(url)) is no address such as http://127.0.0.1:8787")
    }
    base = url.hasSuffix("/") ? String(url.dropLast()) : url
    self.token = token
    self.transport = transport
  }

  /// Headers of every request.
  private var headers: [HTTPHeader] {
    [HTTPHeader("user-agent", Version.userAgent), HTTPHeader("accept", "application/json")]
      + (token.map { [HTTPHeader("authorization", "Bearer \($0.reveal())")] } ?? [])
  }

  /// One request; its answer where that has one of these statuses, else a failure with what the daemon said.
  func send(
    _ method: String, _ path: String, query: [(String, String)] = [], body: [UInt8]? = nil,
    fine: Set<Int> = [200, 201, 202, 204], timeout: Duration = Self.timeout
  ) async throws -> (status: Int, json: JSONSlice?) {
    var url = base + path
    for (index, item) in query.enumerated() {
      url += (index == 0 ? "?" : "&") + "\(item.0)=\(PercentEncoding.encode(item.1))"
    }
    let profile = HTTPProfile(
      method: method,
      headers: headers + (body == nil ? [] : [HTTPHeader("content-type", "application/json")]),
      timeout: timeout, bodyLimit: Self.bodyLimit)
    let response: HTTPResponse
    do throws(HTTPError) {
      response = try await transport.send(HTTPRequest(profile, url: url, body: body))
    } catch {
      throw unreachable(error)
    }
    let json = response.body.isEmpty ? nil : try? JSONDocument(response.body).root
    guard fine.contains(response.status) else { throw refusal(response.status, json) }
    return (response.status, json)
  }

  /// An answer that goes on: the sink is handed its bytes until it ends.
  func stream(_ path: String, query: [(String, String)], headers more: [HTTPHeader], into sink: any BodySink)
    async throws
  {
    let url =
      base + path
      + query.enumerated().map { ($0 == 0 ? "?" : "&") + "\($1.0)=\(PercentEncoding.encode($1.1))" }.joined()
    let profile = HTTPProfile(
      method: "GET", headers: headers.filter { $0.name != "accept" } + more, timeout: .hours(24 * 365),
      bodyLimit: Self.bodyLimit, stall: .seconds(60))
    let response: HTTPResponse
    do throws(HTTPError) {
      response = try await transport.send(HTTPRequest(profile, url: url, sink: sink))
    } catch {
      throw unreachable(error)
    }
    if response.status != 200 { throw refusal(response.status, try? JSONDocument(response.body).root) }
  }

  private func unreachable(_ error: HTTPError) -> Failure {
    Failure(.unavailable, "the daemon at \(Printable.line(base)) cannot be reached: \(error.message)")
  }

  /// What an RFC 9457 problem says.
  private func refusal(_ status: Int, _ problem: JSONSlice?) -> Failure {
    let detail = problem?["detail"]?.string ?? problem?["title"]?.string ?? "HTTP \(status)"
    switch status {
    case 401:
      return Failure(
        .unavailable, "the daemon at \(Printable.line(base)) wants its token in \(StateOption.tokenVariable)")
    case 400, 404, 409, 422: return Failure(.usage, Printable.line(detail))
    default: return Failure(.unavailable, "the daemon at \(Printable.line(base)): \(Printable.line(detail))")
    }
  }
}
