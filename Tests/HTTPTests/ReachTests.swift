import CCurl
import Glibc
import Model
import TestSupport
import Testing

@testable import HTTP

/// Requests that are held to public addresses. What they may reach all the same is always on loopback here.
@Suite struct ReachTests {
  private static let nowhere = Reach.publicOnly(allow: [])

  private static func allow(_ places: String...) throws -> Reach {
    .publicOnly(
      allow: try places.map { text in
        if let range = AddressRange(text) { return .addresses(range) }
        return .hosts(try #require(HostPattern(text)))
      })
  }

  /// What a URL's host, user and all, comes to: the status, or the error.
  private static func ask(
    _ loop: CurlLoop, _ authority: String, port: Int, _ reach: Reach
  ) async -> Result<Int, HTTPError> {
    do throws(HTTPError) {
      let url = "http://" + authority.replacing("PORT", with: "\(port)")
      return .success(try await loop.send("GET", url, reach: reach).status)
    } catch {
      return .failure(error)
    }
  }

  private static func kind(_ result: Result<Int, HTTPError>) -> HTTPError.Kind? {
    if case .failure(let error) = result { error.kind } else { nil }
  }

  // MARK: Notations

  @Test(arguments: [
    "127.0.0.1:PORT", "localhost:PORT", "LocalHost:PORT", "2130706433:PORT", "0x7f.1:PORT",
    "0x7f000001:PORT", "0X7F.0x0.0x0.0X1:PORT", "017700000001:PORT", "0177.0.0.01:PORT", "127.1:PORT",
    "127.0.1:PORT", "0.0.0.0:PORT", "0:PORT", "[::ffff:127.0.0.1]:PORT", "[::FFFF:7f00:1]:PORT",
    "[0:0:0:0:0:ffff:127.0.0.1]:PORT", "[::ffff:0.0.0.0]:PORT", "%31%32%37.0.0.1:PORT",
    "name.invalid@127.0.0.1:PORT", "name.invalid:80@127.0.0.1:PORT", "name.invalid%2F@127.0.0.1:PORT",
    "name.invalid\\@127.0.0.1:PORT", "127.0.0.1:PORT#@name.invalid/", "127.0.0.1:PORT?@name.invalid/",
    "127.0.0.1:PORT/@name.invalid/", "127.0.0.1:PORT/\\@name.invalid/",
  ])
  func noSpellingOfLoopbackGetsBy(authority: String) async throws {
    let server = try LoopbackServer { _ in .respond(200) }
    try await withLoop { loop in
      let refused = await Self.ask(loop, authority, port: server.port, Self.nowhere)
      #expect(Self.kind(refused) == .forbidden, "\(refused)")
      #expect(server.connections == 0)
      // They are spellings of it: the request arrives where it may.
      #expect(await Self.ask(loop, authority, port: server.port, .anywhere) == .success(200))
      let allowed = try Self.allow("127.0.0.0/8", "0.0.0.0")
      #expect(await Self.ask(loop, authority, port: server.port, allowed) == .success(200))
    }
  }

  @Test(arguments: [
    "[::1]:PORT", "[0:0:0:0:0:0:0:1]:PORT", "[0000::0.0.0.1]:PORT", "[::1%25lo]:PORT", "[::1%lo]:PORT",
    "localhost:PORT", "name.invalid@[::1]:PORT", "[::]:PORT",
  ])
  func norOfLoopbackInIPv6(authority: String) async throws {
    let server = try LoopbackServer(ipv6: true) { _ in .respond(200) }
    try await withLoop { loop in
      let refused = await Self.ask(loop, authority, port: server.port, Self.nowhere)
      #expect(Self.kind(refused) == .forbidden, "\(refused)")
      #expect(server.connections == 0)
      #expect(await Self.ask(loop, authority, port: server.port, .anywhere) == .success(200))
      let allowed = try Self.allow("::/127")
      #expect(await Self.ask(loop, authority, port: server.port, allowed) == .success(200))
    }
  }

  /// Whatever libcurl and the resolver make of these, the server is not reached.
  @Test(arguments: [
    "127.0.0.1\\@name.invalid:PORT", "a@name.invalid@127.0.0.1:PORT", "localhost.:PORT", "127.0.0.1 :PORT",
    "127.0.0.1%00:PORT",
    "127.0.0.1\t:PORT", "[127.0.0.1]:PORT", "::1:PORT", "[::1:PORT", "127.0.0.1:PORT:80", "@:PORT", ":PORT",
    "127.0.0.1%0d%0aHost:PORT", "127。0。0。1:PORT", "127.0.0.1.:PORT", "4294967297:PORT", "0x17f.0.0.1:PORT",
  ])
  func whatIsNoHostLeadsNowhere(authority: String) async throws {
    let server = try LoopbackServer { _ in .respond(200) }
    let result = try await withLoop { await Self.ask($0, authority, port: server.port, Self.nowhere) }
    #expect(Self.kind(result) != nil, "\(result)")
    #expect(server.connections == 0)
  }

  @Test(arguments: [
    ("10.0.0.1", AddressKind.privateUse), ("172.16.0.1", .privateUse), ("192.168.0.1", .privateUse),
    ("100.64.0.1", .shared), ("169.254.1.1", .linkLocal), ("169.254.169.254", .metadata),
    ("2852039166", .metadata), ("0xa9fea9fe", .metadata), ("[::ffff:169.254.169.254]", .metadata),
    ("[64:ff9b::169.254.169.254]", .metadata), ("[2002:a9fe:a9fe::]", .metadata),
    ("[64:ff9b::127.0.0.1]", .loopback), ("[2002:7f00:1::1]", .loopback), ("[64:ff9b:1::1]", .privateUse),
    ("[2001:db8::5efe:10.0.0.1]", .privateUse), ("[2001:0:7f00:1:0:0:80ff:fffe]", .tunnel),
    ("[::127.0.0.1]", .reserved), ("[::ffff:0:127.0.0.1]", .reserved), ("[fc00::1]", .privateUse),
    ("[fd00:ec2::254]", .metadata), ("[fe80::1]", .linkLocal), ("[fe80::1%25eth0]", .linkLocal),
    ("[fe80::1%25nonsense]", .linkLocal), ("[fec0::1]", .privateUse), ("[ff02::1]", .multicast),
    ("[100::1]", .reserved), ("[2001:db8::1]", .documentation), ("[3fff::1]", .documentation),
    ("[5f00::1]", .reserved), ("224.0.0.1", .multicast), ("240.0.0.1", .reserved),
    ("255.255.255.255", .broadcast), ("0.1.2.3", .reserved), ("192.0.0.1", .reserved),
    ("192.0.2.1", .documentation), ("198.18.0.1", .benchmarking), ("127.255.0.1", .loopback),
  ])
  func saysWhereTheHostIs(host: String, kind: AddressKind) async throws {
    let result = try await withLoop { await Self.ask($0, "\(host)/secret", port: 80, Self.nowhere) }
    let reason = "the host is at \(kind.rawValue), which this request may not reach"
    #expect(result == .failure(HTTPError(.forbidden, "GET \(host):80: \(reason)")))
  }

  // MARK: Allowed names

  @Test func anAllowedNameMayBeAnywhere() async throws {
    let server = try LoopbackServer { _ in .respond(200) }
    let reach = try Self.allow("localhost")
    try await withLoop { loop in
      for authority in [
        "localhost:PORT", "LOCALHOST:PORT", "name.invalid@localhost:PORT", "l%6fcalhost:PORT",
        "127.0.0.1\\@localhost:PORT",
      ] {
        #expect(await Self.ask(loop, authority, port: server.port, reach) == .success(200), "\(authority)")
      }
      let seen = server.connections
      for authority in [
        "127.0.0.1:PORT", "localhost@127.0.0.1:PORT", "localhost:80@127.0.0.1:PORT", "2130706433:PORT",
        "localhost%2F@127.0.0.1:PORT", "localhost#@127.0.0.1:PORT", "localhost\\@127.0.0.1:PORT",
        "127.0.0.1:PORT#@localhost", "[::ffff:127.0.0.1]:PORT",
      ] {
        let result = await Self.ask(loop, authority, port: server.port, reach)
        #expect(Self.kind(result) != nil, "\(authority)")
      }
      #expect(server.connections == seen)
    }
  }

  @Test(arguments: [
    ("http://Example.com:80/a", "Example.com"), ("http://u:p@example.com./", "example.com."),
    ("http://a@b@example.com/", nil), ("http://example.com\\@127.0.0.1/", "127.0.0.1"),
    ("http://xn--bcher-kva.example/", "xn--bcher-kva.example"), ("http://%61.lan/", "a.lan"),
    ("http://0x7f.1/", "127.0.0.1"), ("http://[::1]:80/", "[::1]"), ("http://", nil), ("", nil),
  ])
  func readsTheHostAsLibcurlDoes(url: String, host: String?) { #expect(ReachGuard.host(of: url) == host) }

  /// In a process of its own: libcurl reads internationalised names by the locale, which all tests share.
  @Test func noInternationalisedSpellingGetsBy() async throws {
    await #expect(processExitsWith: .success) {
      #expect(setlocale(LC_ALL, "C.UTF-8") != nil)
      let server = try LoopbackServer { _ in .respond(200) }
      let loop = try CurlLoop()
      for authority in ["１２７.0.0.1:PORT", "①②⑦。⓪.⓪.①:PORT", "ｌｏｃａｌｈｏｓｔ:PORT", "127。0。0。1:PORT"] {
        let seen = server.connections
        let refused = await ReachTests.ask(loop, authority, port: server.port, .publicOnly(allow: []))
        #expect(ReachTests.kind(refused) == .forbidden, "\(authority): \(refused)")
        #expect(server.connections == seen)
        #expect(await ReachTests.ask(loop, authority, port: server.port, .anywhere) == .success(200))
      }
      let named = try ReachTests.allow("localhost")
      #expect(await ReachTests.ask(loop, "ｌｏｃａｌｈｏｓｔ:PORT", port: server.port, named) == .success(200))
      #expect(await ReachTests.ask(loop, "①②⑦。⓪.⓪.①:PORT", port: server.port, named) != .success(200))
      #expect(ReachGuard.host(of: "http://bücher.example/") == "xn--bcher-kva.example")
      loop.shutdown()
    }
  }

  // MARK: Connections that are there already

  /// A request that may go anywhere opened a connection, which rests in the pool that all share.
  @Test func connectionsOfOthersAreNoWayAround() async throws {
    let server = try LoopbackServer { _ in .respond(200) }
    let allowed = try Self.allow("127.0.0.1")
    try await withLoop { loop in
      for authority in ["127.0.0.1:PORT", "localhost:PORT"] {
        #expect(await Self.ask(loop, authority, port: server.port, .anywhere) == .success(200))
        let seen = server.requests.count
        let result = await Self.ask(loop, authority, port: server.port, Self.nowhere)
        #expect(Self.kind(result) == .forbidden, "\(result)")
        #expect(server.requests.count == seen)
        #expect(await Self.ask(loop, authority, port: server.port, .anywhere) == .success(200))
        #expect(await Self.ask(loop, authority, port: server.port, allowed) == .success(200))
      }
    }
  }

  @Test func norAreThoseOfHTTP2() async throws {
    let nginx = try await NginxFixture()
    defer { nginx.stop() }
    let connection = ConnectionOptions(ca: nginx.ca)
    let url = "https://localhost:\(nginx.open)/"
    try await withLoop { loop in
      let first = try await loop.send("GET", url, connection: connection)
      #expect(first.version == .http2)
      let error = await loop.failure("GET", url, connection: connection, reach: Self.nowhere)
      let reason = "the host is at a loopback address, which this request may not reach"
      #expect(error == HTTPError(.forbidden, "GET localhost:\(nginx.open): \(reason)"))
      let allowed = try Self.allow("localhost")
      let last = try await loop.send("GET", url, connection: connection, reach: allowed)
      #expect(last.status == 200)
    }
  }

  // MARK: Proxies

  @Test func aProxyCannotBeNamed() async throws {
    let proxy = try LoopbackServer { _ in .respond(200) }
    let connection = ConnectionOptions(proxy: SecretURL("http://127.0.0.1:\(proxy.port)"))
    let error = try await withLoop {
      await $0.failure("GET", "http://10.0.0.1/", connection: connection, reach: Self.nowhere)
    }
    let reason = "a request that may reach public addresses alone cannot go through a proxy"
    #expect(error == HTTPError(.badRequest, "GET 10.0.0.1:80: \(reason)"))
    #expect(proxy.connections == 0)
  }

  /// In a process of its own: the environment is shared by all tests.
  @Test func theEnvironmentsProxiesArePassedOver() async throws {
    await #expect(processExitsWith: .success) {
      let proxy = try LoopbackServer { _ in .respond(203) }
      let server = try LoopbackServer { _ in .respond(200) }
      let loop = try CurlLoop()
      for name in ["http_proxy", "all_proxy", "ALL_PROXY"] {
        setenv(name, "http://127.0.0.1:\(proxy.port)", 1)
      }
      #expect(await ReachTests.ask(loop, "127.0.0.1:PORT", port: server.port, .anywhere) == .success(203))
      let reach = try ReachTests.allow("127.0.0.1")
      #expect(await ReachTests.ask(loop, "127.0.0.1:PORT", port: server.port, reach) == .success(200))
      let refused = await ReachTests.ask(loop, "10.0.0.1", port: 80, .publicOnly(allow: []))
      #expect(ReachTests.kind(refused) == .forbidden)
      #expect(proxy.requests.count == 1)
      loop.shutdown()
    }
  }
}
