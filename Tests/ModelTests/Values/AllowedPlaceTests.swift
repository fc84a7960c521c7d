import Model
import Testing

@Suite struct AllowedPlaceTests {
  @Test(arguments: [
    ("localhost", "localhost"), ("Hooks.Internal.", "hooks.internal"), ("*.Lan", "*.lan"),
    ("a_b.lan", "a_b.lan"),
    ("xn--bcher-kva.example", "xn--bcher-kva.example"), ("1e100.net", "1e100.net"),
    ("1.2.3.4.example", "1.2.3.4.example"),
  ])
  func names(text: String, written: String) { #expect(HostPattern(text)?.description == written) }

  @Test(arguments: [
    "", ".", "*", "*.", "*.*.lan", "a.*.lan", "*lan", ".lan", "a..b", "-a.lan", "a-.lan", "bücher.example",
    "a b",
    "a/b", "a:80", "[::1]", "127.1", "2130706433", "0x7f000001", "0x7f.1", "a.0x", "a.123", "127.0.0.1",
    String(repeating: "a", count: 64), String(repeating: "a.", count: 127) + "a",
  ])
  func noNames(text: String) { #expect(HostPattern(text) == nil) }
}
