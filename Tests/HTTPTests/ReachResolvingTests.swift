import CCurl
import Model
import TestSupport
import Testing

@testable import HTTP

/// Names whose addresses the test sets (`CURLOPT_RESOLVE`): several at once, and others the next time.
@Suite struct ReachResolvingTests {
  /// A transfer as the loop makes it, run by `curl_easy_perform`: with names and connections of its own, which
  /// it keeps from one request to the next.
  private final class Single {
    private let poller: Poller
    private let pool: ProfilePool
    private let transfer: Transfer

    init(_ reach: Reach) throws {
      // The first loop of a process sets libcurl up.
      try CurlLoop().shutdown()
      let bell = try #require(Bell())
      poller = try #require(Poller(bell: bell))
      pool = ProfilePool(
        HTTPProfile(method: "GET", timeout: .seconds(30), bodyLimit: 1000, reach: reach))
      transfer = try #require(Transfer(pool: pool, poller: poller))
    }

    /// Asks `name.test`, which by now is at these addresses.
    func ask(port: Int, at addresses: String) -> Result<Int, HTTPError> {
      let names = curl_slist_append(nil, "name.test:\(port):\(addresses)")
      defer { curl_slist_free_all(names) }
      ccurl_easy_set_list(transfer.easy, CURLOPT_RESOLVE, names)
      #expect(transfer.prepare(HTTPRequest(pool.profile, url: "http://name.test:\(port)/")) == nil)
      return transfer.finish(curl_easy_perform(transfer.easy)).map(\.status)
    }
  }

  private static let nothing = Reach.publicOnly(allow: [])
  private static let loopback = Reach.publicOnly(
    allow: [AddressRange("127.0.0.0/8")].compactMap { $0 }.map { .addresses($0) })
  private static let name = Reach.publicOnly(
    allow: [HostPattern("*.test")].compactMap { $0 }.map { .hosts($0) })

  private static func forbidden(_ port: Int, _ kind: AddressKind) -> Result<Int, HTTPError> {
    let reason = "the host is at \(kind.rawValue), which this request may not reach"
    return .failure(HTTPError(.forbidden, "GET name.test:\(port): \(reason)"))
  }

  /// The addresses that a request may not reach are stepped over.
  @Test(arguments: [
    "127.0.0.1", "192.0.2.1,127.0.0.1", "127.0.0.1,192.0.2.1", "[fe80::1],127.0.0.1",
    "127.0.0.1,[fd00:ec2::254]",
    "169.254.169.254,10.0.0.1,[::1],[fe80::1],127.0.0.1,192.168.0.1", "[::ffff:10.0.0.1],[::ffff:127.0.0.1]",
  ])
  func oneGoodAddressIsEnough(addresses: String) throws {
    let server = try LoopbackServer { _ in .respond(200) }
    #expect(try Single(Self.loopback).ask(port: server.port, at: addresses) == .success(200))
    #expect(try Single(Self.name).ask(port: server.port, at: "127.0.0.1") == .success(200))
  }

  @Test(arguments: [
    ("127.0.0.1", AddressKind.loopback), ("127.0.0.1,127.0.0.2,127.0.0.3", .loopback),
    ("[::ffff:127.0.0.1],127.0.0.1", .loopback), ("[::1],127.0.0.1", .loopback),
    ("10.0.0.1,127.0.0.1", .loopback),
  ])
  func noGoodAddressIsNone(addresses: String, kind: AddressKind) throws {
    let server = try LoopbackServer { _ in .respond(200) }
    let result = try Single(Self.nothing).ask(port: server.port, at: addresses)
    #expect(result == Self.forbidden(server.port, kind))
    #expect(server.connections == 0)
  }

  /// What failed then is the address that could have been reached.
  @Test(arguments: ["127.0.0.1,10.0.0.1", "10.0.0.1,127.0.0.1"])
  func aGoodAddressThatDoesNotAnswerIsTheCause(addresses: String) throws {
    let server = try LoopbackServer { _ in .respond(200) }
    server.stop()
    let result = try Single(Self.loopback).ask(port: server.port, at: addresses)
    guard case .failure(let error) = result else {
      Issue.record("\(result)")
      return
    }
    #expect(error.kind == .connect, "\(error)")
  }

  /// The name is public when it is looked at first, and leads inside when it is connected to again.
  @Test func rebindingGainsNothing() throws {
    let server = try LoopbackServer { request in
      .script([.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"), .close])
    }
    let single = try Single(
      .publicOnly(allow: [.addresses(try #require(AddressRange("127.0.0.1")))]))
    #expect(single.ask(port: server.port, at: "127.0.0.1") == .success(200))
    #expect(single.ask(port: server.port, at: "127.0.0.2") == Self.forbidden(server.port, .loopback))
    #expect(
      single.ask(port: server.port, at: "169.254.169.254") == Self.forbidden(server.port, .metadata))
    #expect(single.ask(port: server.port, at: "127.0.0.2,127.0.0.1") == .success(200))
    #expect(server.requests.count == 2)
  }

  /// The connection to the good address is kept and used: the name's new address is of no account.
  @Test func aKeptConnectionStaysWhereItIs() throws {
    let server = try LoopbackServer { _ in .respond(200) }
    let single = try Single(Self.loopback)
    #expect(single.ask(port: server.port, at: "127.0.0.1") == .success(200))
    #expect(single.ask(port: server.port, at: "10.0.0.1") == .success(200))
    #expect(server.connections == 1)
  }
}
