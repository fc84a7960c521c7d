import Foundation
import Model
import TestSupport

@testable import HTTP

/// Proxies in the tester's environment must not come between the tests and loopback.
private let environmentCleared: Void = {
  for name in ["http_proxy", "https_proxy", "all_proxy", "HTTPS_PROXY", "ALL_PROXY"] { unsetenv(name) }
}()

/// Runs `body` with a loop, and shuts it down.
func withLoop<Value>(_ body: (CurlLoop) async throws -> Value) async throws -> Value {
  _ = environmentCleared
  let loop = try CurlLoop()
  defer { loop.shutdown() }
  return try await body(loop)
}

extension CurlLoop {
  /// One request with a profile of its own.
  func send(
    _ method: String = "GET", _ url: String, headers: [HTTPHeader] = [], body: String? = nil,
    connection: ConnectionOptions = ConnectionOptions(), timeout: Duration = .seconds(30),
    limit: Int = 1 << 20, overflow: HTTPProfile.Overflow = .fail, reach: Reach = .anywhere
  ) async throws(HTTPError) -> HTTPResponse {
    let profile = HTTPProfile(
      method: method, headers: headers, connection: connection, timeout: timeout, bodyLimit: limit,
      overflow: overflow, reach: reach)
    return try await send(HTTPRequest(profile, url: url, body: body.map { Array($0.utf8) }))
  }

  /// The error of a request that must fail; nil where it did not.
  func failure(
    _ method: String = "GET", _ url: String, headers: [HTTPHeader] = [], body: String? = nil,
    connection: ConnectionOptions = ConnectionOptions(), timeout: Duration = .seconds(30),
    limit: Int = 1 << 20, reach: Reach = .anywhere
  ) async -> HTTPError? {
    do throws(HTTPError) {
      _ = try await send(
        method, url, headers: headers, body: body, connection: connection, timeout: timeout, limit: limit,
        reach: reach)
      return nil
    } catch {
      return error
    }
  }

  /// As the other, of a request made by the test.
  func failure(_ request: HTTPRequest) async -> HTTPError? {
    do throws(HTTPError) {
      _ = try await send(request)
      return nil
    } catch {
      return error
    }
  }
}

extension HTTPResponse {
  var text: String { String(decoding: body, as: UTF8.self) }
}
