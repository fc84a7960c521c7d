import Config
import Model
import Testing

@Suite struct PlaceTests {
  @Test(arguments: [
    ("10.0.0.0/8", "10.0.0.0/8"), ("10.1.2.3", "10.1.2.3"), ("fd00::/8", "fd00::/8"), ("::1", "::1"),
    ("::ffff:10.0.0.0/104", "10.0.0.0/8"), ("hooks.internal", "hooks.internal"), ("Hooks.LAN.", "hooks.lan"),
    ("*.internal", "*.internal"), ("localhost", "localhost"), ("0.0.0.0/0", "0.0.0.0/0"),
  ])
  func places(text: String, written: String) throws {
    #expect(try PlaceText.parse(text).description == written)
  }

  @Test(arguments: [
    ("10.0.0.1/8", "has bits set after its first 8", "10.0.0.0/8"),
    ("fd00::1/64", "has bits set after its first 64", "fd00::/64"),
    ("::ffff:10.0.0.1/104", "has bits set after its first 104", "10.0.0.0/8"),
    ("10.0.0.0/33", "has no number from 0 to 32 after its \"/\"", nil),
    ("fd00::/129", "has no number from 0 to 128 after its \"/\"", nil),
    ("10.0.0.0/255.0.0.0", "has no number from 0 to 32 after its \"/\"", nil),
    ("10.0.0.0/08", "has no number from 0 to 32 after its \"/\"", nil),
    ("10.0.0/8", "has no IP address before its \"/\"", nil),
    ("hooks.internal/x", "has no IP address before its \"/\"", nil),
    ("http://hooks.internal/x", "is a URL; the host alone stands here", "hooks.internal"),
    ("http://user@hooks.internal/x", "is a URL; the host alone stands here", nil),
    ("https://10.0.0.5", "is a URL; the host alone stands here", "10.0.0.5"),
    ("[::1]", "has brackets, which belong into URLs", "::1"),
    ("[::1]:80", "has brackets, which belong into URLs", "::1"),
    ("fe80::1%eth0", "names a zone", "fe80::1"),
    ("hooks.internal:8080", "names a port; all ports of a place are allowed", "hooks.internal"),
    ("10.0.0.5:80", "names a port; all ports of a place are allowed", "10.0.0.5"),
    (".internal", "begins with a dot", "*.internal"),
    ("*", "has a * that is no whole first part of a name", nil),
    ("hooks-*.internal", "has a * that is no whole first part of a name", nil),
    ("bücher.example", "is no ASCII; an internationalised name is written in its xn-- form", nil),
    ("2130706433", "is neither an address nor a host's name", nil),
    ("0x7f.1", "is neither an address nor a host's name", nil),
    ("10.0", "is neither an address nor a host's name", nil),
    ("-a.internal", "is neither an address nor a host's name", nil), ("", "is empty", nil),
  ])
  func noPlaces(text: String, message: String, suggestion: String?) {
    #expect(throws: TextProblem(message, suggestion: suggestion)) { try PlaceText.parse(text) }
  }
}
