import Model
import TestSupport
import Testing

@testable import Hooks

@Suite struct AllowPrivateTests {
  private static func reading(_ value: String, beside other: String = "") -> HookReading {
    HookReading("on: done\nwebhook:\n  url: http://x\n  allow_private: \(value)\n\(other)")
  }

  @Test(arguments: [
    ("true", Reach.anywhere), ("yes", .anywhere), ("", .anywhere), ("false", .publicOnly(allow: [])),
    ("off", .publicOnly(allow: [])),
  ])
  func isABoolean(value: String, reach: Reach) throws {
    let reading = Self.reading(value)
    #expect(reading.errors == [])
    #expect(try #require(reading.webhook).reach == reach)
  }

  @Test func isAListOfPlaces() throws {
    let reading = Self.reading("[10.0.0.0/8, 'fd00::/8', '*.Internal']")
    #expect(reading.errors == [])
    let place = try #require(AddressRange("10.0.0.0/8"))
    let six = try #require(AddressRange("fd00::/8"))
    let name = try #require(HostPattern("*.internal"))
    let reach = try #require(reading.webhook).reach
    #expect(reach == .publicOnly(allow: [.addresses(place), .addresses(six), .hosts(name)]))
  }

  @Test func isTrueWhereItIsAbsent() throws {
    let settings = try #require(HookReading("on: done\nwebhook: {url: 'http://x'}").webhook)
    #expect(settings.reach == .anywhere)
  }

  private static let expected = "Expected: true, false, or a list of address ranges and hosts"

  @Test(arguments: [
    ("flase", "\"flase\" is no boolean and no list; did you mean \"false\"? \(expected)"),
    ("10.0.0.0/8", "\"10.0.0.0/8\" is no boolean and no list; did you mean \"[10.0.0.0/8]\"? \(expected)"),
    ("hooks.lan:80", "\"hooks.lan:80\" is no boolean and no list. \(expected)"),
    ("'true'", "\"true\" is a text, for it stands in quotes. Expected: true or false"),
    ("[]", "the list is empty. Expected: a list, not empty"),
    ("{a: b}", "a mapping stands here. \(expected)"),
  ])
  func saysWhatIsWrong(value: String, error: String) {
    let errors = Self.reading(value).errors
    #expect(errors.count == 1)
    #expect(errors.first?.hasPrefix("4:18: webhook.allow_private: \(error)") == true, "\(errors)")
  }

  @Test func saysWhatIsWrongInTheList() {
    let errors = Self.reading("[10.0.0.1/8, localhost, fd00::/129]").errors
    #expect(errors.count == 2)
    #expect(
      errors.first?.hasPrefix(
        "4:19: webhook.allow_private[0]: \"10.0.0.1/8\" has bits set after its first 8; did you mean \"10.0.0.0/8\"?"
      )
        == true, "\(errors)")
    #expect(
      errors.last?.hasPrefix(
        "4:42: webhook.allow_private[2]: \"fd00::/129\" has no number from 0 to 128 after its \"/\"") == true,
      "\(errors)")
  }

  @Test(arguments: ["false", "[10.0.0.0/8]"])
  func standsBesideNoProxy(value: String) {
    let reading = Self.reading(value, beside: "  proxy: http://proxy.example:3128")
    #expect(
      reading.errors == [
        "5:3: webhook.proxy: behind a proxy nobody sees which addresses are reached: proxy cannot stand beside "
          + "allow_private, unless that is true"
      ])
    #expect(Self.reading("true", beside: "  proxy: http://proxy.example:3128").errors == [])
  }

  @Test func theRequestIsHeldToIt() async throws {
    let transport = ScriptedTransport(
      .failure(HTTPError(.forbidden, "POST x:80: the host is at a private address")))
    let settings = try #require(Self.reading("false").webhook)
    let hook = WebhookHook(settings, timeout: .seconds(15), transport: transport, time: ManualTime())
    let report = try await hook.perform(sampleAttempt())
    #expect(report == AttemptReport(.retry(reason: "POST x:80: the host is at a private address")))
    #expect(transport.requests.map(\.profile.reach) == [.publicOnly(allow: [])])
  }
}
