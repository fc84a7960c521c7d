import Foundation
import Model
import TestSupport
import Testing

@testable import HTTP

/// TLS and HTTP/2 against nginx.
@Suite struct CurlLoopTLSTests {
  private func withNginx(_ body: (CurlLoop, NginxFixture) async throws -> Void) async throws {
    let nginx = try await NginxFixture()
    defer { nginx.stop() }
    try await withLoop { try await body($0, nginx) }
  }

  @Test func trustsOnlyWhatItIsToldToTrust() async throws {
    try await withNginx { loop, nginx in
      let url = "https://127.0.0.1:\(nginx.open)/secret"
      for ca in [nil, nginx.otherCA] {
        let error = await loop.failure("GET", url, connection: ConnectionOptions(ca: ca))
        #expect(error?.kind == .tls)
        #expect(error?.message.contains("certificate") == true, "\(error?.message ?? "no error")")
        #expect(error?.message.contains("secret") == false)
      }
      let trusting = ConnectionOptions(ca: nginx.ca)
      let response = try await loop.send("GET", url, connection: trusting)
      #expect(response.status == 200)
      #expect(response.version == .http2)
      let name = try await loop.send("GET", "https://localhost:\(nginx.open)/", connection: trusting)
      #expect(name.status == 200)
      // Trust of one profile is not another's, not even on an open connection.
      let other = await loop.failure("GET", url)
      #expect(other?.kind == .tls)
      let missing = await loop.failure("GET", url, connection: ConnectionOptions(ca: "/nowhere/ca.pem"))
      #expect(missing?.kind == .tls)
    }
  }

  @Test func refusesACertificateForAnotherName() async throws {
    try await withNginx { loop, nginx in
      let error = await loop.failure(
        "GET", "https://127.0.0.1:\(nginx.misnamed)/", connection: ConnectionOptions(ca: nginx.ca))
      #expect(error?.kind == .tls, "\(error?.message ?? "no error")")
    }
  }

  @Test func showsAClientCertificate() async throws {
    try await withNginx { loop, nginx in
      let url = "https://127.0.0.1:\(nginx.closed)/"
      // First: libcurl takes connections with the same certificate for the same, whatever the key's path.
      let broken = await loop.failure(
        "GET", url, connection: ConnectionOptions(ca: nginx.ca, cert: nginx.clientCert, key: nginx.ca))
      #expect(broken?.kind == .tls)
      let without = try await loop.send("GET", url, connection: ConnectionOptions(ca: nginx.ca))
      #expect(without.status == 400)
      let with = try await loop.send(
        "GET", url,
        connection: ConnectionOptions(ca: nginx.ca, cert: nginx.clientCert, key: nginx.clientKey))
      #expect(with.status == 200)
      #expect(with.text == "CN=client")
    }
  }

  /// Requests that start together share the one connection, those of different profiles too.
  @Test func multiplexes() async throws {
    try await withNginx { loop, nginx in
      let profiles = (0..<2).map { _ in
        HTTPProfile(
          method: "GET", connection: ConnectionOptions(ca: nginx.ca), timeout: .seconds(60), bodyLimit: 100)
      }
      let connections = try await withThrowingTaskGroup(of: String.self) { group in
        for number in 0..<80 {
          group.addTask {
            let request = HTTPRequest(profiles[number % 2], url: "https://127.0.0.1:\(nginx.open)/\(number)")
            let response = try await loop.send(request)
            return response.version == .http2 ? response.text : "not HTTP/2"
          }
        }
        return try await group.reduce(into: Set<String>()) { $0.insert($1) }
      }
      #expect(connections.count == 1)
      #expect(!connections.contains("not HTTP/2"))
    }
  }

  @Test func speaksHTTP1OverTLS() async throws {
    try await withNginx { loop, nginx in
      let profile = HTTPProfile(
        method: "GET", connection: ConnectionOptions(ca: nginx.ca), timeout: .seconds(60), bodyLimit: 100)
      let versions = try await withThrowingTaskGroup(of: HTTPResponse.Version.self) { group in
        for _ in 0..<20 {
          group.addTask {
            try await loop.send(HTTPRequest(profile, url: "https://127.0.0.1:\(nginx.plain)/")).version
          }
        }
        return try await group.reduce(into: Set<HTTPResponse.Version>()) { $0.insert($1) }
      }
      #expect(versions == [.http1])
    }
  }

  /// A stream that is cut off leaves the connection to the others.
  @Test func cutsStreamsAndKeepsTheConnection() async throws {
    try await withNginx { loop, nginx in
      let url = "https://127.0.0.1:\(nginx.open)/"
      let connection = ConnectionOptions(ca: nginx.ca)
      let first = try await loop.send("GET", url, connection: connection)
      let cut = try await loop.send("GET", url, connection: connection, limit: 0, overflow: .truncate)
      #expect(cut.truncated)
      let last = try await loop.send("GET", url, connection: connection)
      #expect(last.text == first.text)
    }
  }

  @Test func reportsAPeerThatDoesNotSpeakTLS() async throws {
    let server = try LoopbackServer { _ in .respond(200) }
    let error = try await withLoop {
      await $0.failure("GET", server.url().replacing("http:", with: "https:"), timeout: .seconds(20))
    }
    #expect(error?.kind == .tls, "\(error?.message ?? "no error")")
  }
}
