import Hummingbird
import Model
import Testing

@testable import Server

@Suite struct GateTests {
  private static func head(
    _ host: String?, _ fields: HTTPFields = [:], path: String = "/v1/tasks"
  ) -> HTTPRequest {
    HTTPRequest(method: .get, scheme: "http", authority: host, path: path, headerFields: fields)
  }

  private static func status(
    _ head: HTTPRequest, listen: String = "127.0.0.1:8787", hosts: [AllowedPlace] = [], isPage: Bool = false
  ) throws -> Int {
    let gate = Gate(listen: try #require(ListenAddress(listen)), hosts: hosts, token: nil)
    do throws(Problem) {
      try gate.check(head, isPage: isPage)
      return 200
    } catch {
      return error.status
    }
  }

  @Test(arguments: [
    ("127.0.0.1:8787", 200), ("localhost:8787", 200), ("LOCALHOST", 200), ("localhost.:8787", 200),
    ("[::1]:8787", 200), ("127.0.0.1:9999", 200), ("127.9.9.9", 200), ("evil.example:8787", 421),
    ("localhost.evil.example", 421), ("10.0.0.1:8787", 421), ("taskhook.internal", 200),
    ("a.taskhook.internal", 421), ("10.1.2.3", 200), ("10.2.0.1", 421), ("", 400), ("a b", 400),
    ("user@localhost", 400), ("localhost:x", 400), ("localhost:99999", 400), ("[::1", 400), ("::1", 400),
    ("0x7f000001", 421), ("127.1", 421),
  ])
  func theHostIsOneOfItsOwn(host: String, status: Int) throws {
    let hosts: [AllowedPlace] = [
      .hosts(try #require(HostPattern("taskhook.internal"))),
      .addresses(try #require(AddressRange("10.1.0.0/16"))),
    ]
    #expect(try Self.status(Self.head(host), hosts: hosts) == status)
  }

  @Test(arguments: [
    ("0.0.0.0:80", "192.168.1.5", 200), ("0.0.0.0:80", "[fe80::1]:80", 200),
    ("0.0.0.0:80", "evil.example", 421),
    ("[::]:80", "192.168.1.5", 200), ("192.168.1.5:80", "192.168.1.5:80", 200),
    ("192.168.1.5:80", "192.168.1.6", 421), ("[fd00::1]:80", "[fd00:0::1]:80", 200),
  ])
  func theAddressItListensOn(listen: String, host: String, status: Int) throws {
    #expect(try Self.status(Self.head(host), listen: listen) == status)
  }

  @Test func aRequestHasOneHost() throws {
    #expect(try Self.status(Self.head(nil)) == 400)
    var twice = Self.head("localhost")
    twice.headerFields[FieldName("Host")!] = "evil.example"
    #expect(try Self.status(twice) == 400)
  }

  @Test(arguments: [
    ("http://127.0.0.1:8787", "127.0.0.1:8787", 200), ("HTTP://LocalHost:8787", "localhost:8787", 200),
    ("http://localhost", "localhost", 200), ("http://localhost", "localhost:80", 200),
    ("https://localhost", "localhost", 200), ("https://localhost", "localhost:443", 200),
    ("https://localhost:8787", "localhost:8787", 200),
    ("http://localhost:8788", "localhost:8787", 403), ("http://localhost", "localhost:8787", 403),
    ("http://evil.example", "localhost:8787", 403), ("null", "localhost", 403), ("", "localhost", 403),
    ("file://", "localhost", 403), ("http://localhost.evil.example", "localhost", 403),
    ("http://127.0.0.1:8787", "localhost:8787", 403),
  ])
  func theOriginIsTheServerItself(origin: String, host: String, status: Int) throws {
    #expect(try Self.status(Self.head(host, [.origin: origin])) == status)
  }

  @Test func otherSitesMayOnlyOpenThePage() throws {
    let fields: HTTPFields = [FieldName("Sec-Fetch-Site")!: "cross-site"]
    #expect(try Self.status(Self.head("localhost", fields)) == 403)
    #expect(try Self.status(Self.head("localhost", fields), isPage: true) == 200)
    for site in ["same-origin", "same-site", "none"] {
      #expect(try Self.status(Self.head("localhost", [FieldName("Sec-Fetch-Site")!: site])) == 200)
    }
  }

  private static let guarded = Gate(listen: .standard, hosts: [], token: Secret("s3cret-token"))

  @Test(arguments: [
    ("Bearer s3cret-token", true), ("bearer  s3cret-token ", true), ("Bearer s3cret-toke", false),
    ("Bearer s3cret-tokens", false), ("Bearer ", false), ("Bearer", false), ("Basic s3cret-token", false),
    ("s3cret-token", false), ("Bearer S3cret-token", false), ("Bearer s3cret-tokens3cret-token", false),
  ])
  func theTokenIsShownAsBearer(value: String, isTrusted: Bool) {
    #expect(Self.guarded.isTrusted([.authorization: value]) == isTrusted)
    #expect(Self.guarded.isTrusted(proxied: [.authorization: value], sharesKey: true) == isTrusted)
    #expect(!Self.guarded.isTrusted(proxied: [.authorization: value], sharesKey: false))
  }

  @Test func theTokenHasAHeaderOfItsOwn() {
    #expect(Self.guarded.isTrusted([Gate.tokenField: "s3cret-token"]))
    #expect(!Self.guarded.isTrusted([Gate.tokenField: "other"]))
    #expect(!Self.guarded.isTrusted([:]))
    let both: HTTPFields = [Gate.tokenField: "s3cret-token", .authorization: "Bearer caller-key"]
    #expect(Self.guarded.isTrusted(proxied: both, sharesKey: false))
    #expect(Gate(listen: .standard, hosts: [], token: nil).isTrusted([:]))
  }

  @Test func theTokenIsNotPassedOn() {
    let own: HTTPFields = [Gate.tokenField: "s3cret-token", .authorization: "Bearer caller-key"]
    #expect(Self.guarded.withoutToken(own) == [.authorization: "Bearer caller-key"])
    #expect(Self.guarded.withoutToken([.authorization: "Bearer s3cret-token"]) == [:])
  }
}
