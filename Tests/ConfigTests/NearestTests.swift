import Testing

@testable import Config

@Suite struct NearestTests {
  static let names = [
    "on", "where", "retry", "timeout", "concurrency", "breaker", "rate", "webhook", "run", "api_key",
    "base_url",
  ]

  @Test(arguments: [
    ("retyr", "retry"), ("Retry", "retry"), ("api-key", "api_key"), ("apikey", "api_key"),
    ("brekaer", "breaker"),
    ("concurency", "concurrency"), ("timout", "timeout"), ("webhok", "webhook"), ("rnu", "run"), ("no", "on"),
    ("time_out", "timeout"), ("baseurl", "base_url"), ("ON", "on"), ("rates", "rate"),
    ("concurrencies", "concurrency"),
  ])
  func nearNamesAreFound(given: String, name: String) {
    #expect(Nearest.name(to: given, among: Self.names) == name)
  }

  @Test(arguments: [
    "", "x", "ab", "colour", "notify", "slack", "zzzzzz", "url", "key", String(repeating: "r", count: 10_000),
  ])
  func farOnesAreNot(given: String) { #expect(Nearest.name(to: given, among: Self.names) == nil) }

  @Test(arguments: [
    ("", "", 0), ("a", "", 1), ("ab", "ba", 1), ("kitten", "sitting", 3), ("ca", "abc", 3), ("abc", "abc", 0),
  ])
  func distances(a: String, b: String, distance: Int) {
    #expect(Nearest.distance(Array(a.unicodeScalars), Array(b.unicodeScalars)) == distance)
  }
}
