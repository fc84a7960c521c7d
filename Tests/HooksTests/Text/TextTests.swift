import Model
import Testing

@testable import Hooks

@Suite struct TextTests {
  @Test(
    arguments: [
      ("plain", "plain"), ("a\nb\r\tc", "a\\nb\\r\\tc"),
      ("\u{1B}[31m\u{7}\0\u{7F}", "\\x1b[31m\\x07\\x00\\x7f"),
      ("\u{85}\u{202E}x\u{2028}", "\\u{85}\\u{202e}x\\u{2028}"), ("naïve 🎬", "naïve 🎬"), ("\\n", "\\n"),
    ])
  func escaping(text: String, expected: String) {
    #expect(PrintableText.escape(text.utf8) == expected)
  }

  @Test func brokenUTF8IsRepaired() {
    #expect(PrintableText.escape([0x61, 0xFF, 0xC3, 0x28, 0xE2, 0x82]) == "a\u{FFFD}\u{FFFD}(\u{FFFD}")
  }

  @Test(
    arguments: [
      ("abcdef", 6, "abcdef"), ("abcdef", 5, "ab…"), ("ééé", 6, "ééé"), ("ééé", 5, "é…"), ("🎬🎬", 7, "🎬…"),
      ("👩‍👩‍👧‍👧x", 20, "…"), ("abc", 2, ""), ("", 0, ""),
    ])
  func cutting(text: String, limit: Int, expected: String) {
    let cut = PrintableText.cut(text, to: limit)
    #expect(cut == expected)
    #expect(cut.utf8.count <= limit)
  }

  @Test(
    arguments: [
      (["sesame"], "open sesame, sesame!", "open ***, ***!"), (["ab", "abc"], "abcab", "******"),
      (["aa"], "aaa", "***a"), ([""], "text", "text"), ([], "text", "text"), (["text"], "text", "***"),
      (["longer than it"], "text", "text"), (["é"], "aéb", "a***b"),
    ])
  func masking(secrets: [String], text: String, expected: String) {
    #expect(SecretMask(secrets).apply(to: text) == expected)
  }

  @Test(
    arguments: [
      "posted to https://hooks.example.com/services/T0/B0/sEcReTsEcReTsEcReT?key=quiet%20words",
      "Cannot POST /services/T0/B0/sEcReTsEcReTsEcReT", #"{"path":"\/services\/T0\/B0\/sEcReTsEcReTsEcReT"}"#,
      "no such hook: sEcReTsEcReTsEcReT", "key quiet words", "quiet%20words",
    ])
  func whatAURLIsEchoedAs(text: String) {
    let url = SecretURL("https://hooks.example.com/services/T0/B0/sEcReTsEcReTsEcReT?key=quiet%20words")
    let masked = SecretMask(SecretMask.forms(of: url)).apply(to: text)
    #expect(!masked.contains("sEcReT") && !masked.contains("quiet"))
    #expect(masked.contains("***"))
  }

  @Test func shortPathsAreNoSecrets() {
    #expect(Set(SecretMask.forms(of: SecretURL("http://a.b/"))) == ["http://a.b/", "http:\\/\\/a.b\\/"])
  }
}
