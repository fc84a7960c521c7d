import Config
import Model
import Testing

@Suite struct TextTests {
  @Test(arguments: [
    ("500ms", Duration.milliseconds(500)), ("5s", .seconds(5)), ("10m", .seconds(600)),
    ("2h", .seconds(7200)),
    ("3d", .seconds(259_200)), ("05s", .seconds(5)), ("106751d", .seconds(106_751 * 86_400)),
  ])
  func durations(text: String, value: Duration) throws { #expect(try DurationText.parse(text) == value) }

  @Test(arguments: [
    ("5", "5s"), ("5sec", "5s"), ("5 minutes", "5m"), ("1.5h", "90m"), ("1h30m", "90m"), ("0.5s", "500ms"),
    ("2D", "2d"),
    ("1,5h", nil), ("s", nil), ("", nil), ("-5s", nil), ("5y", nil), ("1e3s", nil), ("٥s", nil), ("0", nil),
    ("0.1ms", nil),
  ])
  func whatWasMeant(text: String, suggestion: String?) {
    #expect { try DurationText.parse(text) } throws: { ($0 as? TextProblem)?.suggestion == suggestion }
  }

  @Test(arguments: [
    (1, "1ms"), (1000, "1s"), (1500, "1500ms"), (90_000, "90s"), (3_600_000, "1h"), (2_592_000_000, "30d"),
  ])
  func durationsAreWritten(milliseconds: Int, text: String) {
    #expect(DurationText.write(.milliseconds(milliseconds)) == text)
  }

  @Test(arguments: [
    ("1B", 1), ("64KiB", 65_536), ("10MiB", 10_485_760), ("2GiB", 2 << 30), ("1TiB", 1 << 40),
  ])
  func sizes(text: String, value: Int) throws {
    #expect(try SizeText.parse(text) == value)
    #expect(SizeText.write(value) == text)
  }

  @Test(arguments: [("10/s", 10, 1), ("600/m", 600, 60), ("50/h", 50, 3600), ("1000000/s", 1_000_000, 1)])
  func rates(text: String, count: Int, seconds: Int) throws {
    #expect(try RateText.parse(text) == Rate(count, per: .seconds(seconds)))
  }

  @Test(arguments: [("1%", 0.01), ("25%", 0.25), ("100%", 1)])
  func percentages(text: String, value: Double) throws { #expect(try PercentageText.parse(text) == value) }

  @Test(arguments: ["true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"])
  func yes(text: String) throws { #expect(try BooleanText.parse(text)) }

  @Test(arguments: ["false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"])
  func no(text: String) throws { #expect(try !BooleanText.parse(text)) }

  @Test(arguments: ["y", "n", "1", "0", "", "tRUE", "oui", "true "])
  func neither(text: String) { #expect(throws: TextProblem.self) { try BooleanText.parse(text) } }

  @Test(arguments: [
    "http://a", "https://a.b/c?d=e#f", "HTTPS://A", "http://user:pass@host:1/", "http://[::1]",
    "http://[fe80::1%25eth0]:80/x",
    "http://127.0.0.1:65535", "http://日本/é", "http://a?b", "http://a:80#x",
  ])
  func urls(text: String) { #expect(URLText.refusal(of: text, schemes: ["http", "https"]) == nil) }

  @Test(arguments: [
    ("", "is empty"), ("a", "has no scheme"), ("ftp://a", "has another scheme"), ("http://", "has no host"),
    ("http:///x", "has no host"), ("http://?x", "has no host"), ("http://user@", "has no host"),
    ("http://a b", "has white space in it"), ("http://a\n", "has white space in it"),
    ("//a", "has no scheme"),
    ("http://a:", "has no port number from 1 to 65535 after its \":\""),
    ("http://a:0", "has no port number from 1 to 65535 after its \":\""),
    ("http://a:65536", "has no port number from 1 to 65535 after its \":\""),
    ("http://a:b", "has no port number from 1 to 65535 after its \":\""),
    ("http://[::1", "has a \"[\" without a \"]\""),
    ("http://[x]", "has no IPv6 address between \"[\" and \"]\""),
    ("http://[::1]x", "has something other than a port after \"]\""),
    ("http://a/{id}", "has a character in it that a URL cannot have unencoded"),
    ("http://a/\u{1}", "has a character in it that a URL cannot have unencoded"),
    (" http://a", "has white space in it"),
  ])
  func otherURLs(text: String, refusal: String) {
    #expect(URLText.refusal(of: text, schemes: ["http", "https"]) == refusal)
  }
}
