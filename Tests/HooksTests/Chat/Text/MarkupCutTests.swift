import TestSupport
import Testing

@testable import Hooks
@testable import Templates

@Suite struct MarkupCutTests {
  private static let family = "👩‍👩‍👧‍👦"

  @Test(
    arguments: [
      ("", 5, TextLimit.Unit.characters, ""), ("abcde", 5, .characters, "abcde"),
      ("abcdef", 5, .characters, "abcd…"),
      ("abcdef", 1, .characters, "…"), ("abcdef", 2, .bytes, ""), ("abcdef", 3, .bytes, "…"),
      ("abcdef", 5, .bytes, "ab…"), ("éééé", 7, .bytes, "éé…"), ("éééé", 8, .bytes, "éééé"),
      // Seven scalars, eleven UTF-16 units, 25 bytes, and one character that is never cut in two.
      (family, 7, .characters, family), (family, 6, .characters, "…"), (family + "a", 7, .characters, "…"),
      (family + family, 12, .utf16, family + "…"), (family + family, 11, .utf16, "…"),
      (family + family, 28, .bytes, family + "…"), (family + family, 27, .bytes, "…"),
      ("e\u{301}e\u{301}e\u{301}", 5, .characters, "e\u{301}e\u{301}…"),
      ("e\u{301}e\u{301}e\u{301}", 4, .characters, "e\u{301}…"),
      ("🇩🇪🇫🇷🇮🇹", 5, .characters, "🇩🇪🇫🇷…"), ("a\r\nb\r\nc", 4, .characters, "a\r\n…"),
    ])
  func plainTexts(text: String, count: Int, unit: TextLimit.Unit, cut: String) {
    #expect(MarkupCut.cut(text, to: TextLimit(count, unit)).unicodeScalars.elementsEqual(cut.unicodeScalars))
  }

  @Test(
    arguments: [
      // Tags count nothing, an entity is one character; what is open is closed.
      ("<b>abc</b>&amp;d", 5, "<b>abc</b>&amp;d"), ("<b>abc</b>&amp;d", 4, "<b>abc</b>…"),
      ("<b>abc</b>&amp;de", 5, "<b>abc</b>&amp;…"), ("<b>abcd</b>", 3, "<b>ab…</b>"),
      ("<b><i>abcd</i></b>", 3, "<b><i>ab…</i></b>"), ("<b>a<i>b</i></b>cde", 4, "<b>a<i>b</i></b>c…"),
      (#"x<a href="https://x?a=1&amp;b=2">abcd</a>"#, 4, #"x<a href="https://x?a=1&amp;b=2">ab…</a>"#),
      ("&lt;&lt;&lt;&lt;", 3, "&lt;&lt;…"), ("&lt;b&gt;abc", 4, "&lt;b&gt;…"),
      ("ab&\u{301}cd", 4, "ab…"), ("&amp;\u{301}&amp;\u{301}&amp;", 4, "&amp;\u{301}&amp;…"),
      // What is no markup at all is cut as text.
      ("a < b and more", 5, "a < …"), ("a & b and more", 5, "a & …"), ("</b>abcd", 3, "</b>ab…"),
    ])
  func html(text: String, count: Int, cut: String) {
    #expect(MarkupCut.cut(text, to: TextLimit(count, .utf16), markup: .html) == cut)
  }

  @Test(
    arguments: [
      ("&amp;&amp;", 10, MarkupReader.Markup.slack, "&amp;&amp;"), ("&amp;&amp;", 9, .slack, "&amp;…"),
      ("&amp;&amp;", 5, .slack, "…"), ("&amp;&amp;", 6, .slack, "&amp;…"),
      ("a <https://x|name> b", 17, .slack, "a …"),
      ("a <https://x|name> b", 19, .slack, "a <https://x|name>…"),
      ("a < b and more", 6, .slack, "a < b…"), ("<a\nb>cdef", 5, .slack, "<a\nb…"),
      (#"\*\*\*"#, 6, .markdown, #"\*\*\*"#), (#"\*\*\*"#, 5, .markdown, #"\*\*…"#),
      (#"\*\*\*"#, 4, .markdown, #"\*…"#), (#"ab\"#, 3, .markdown, #"ab\"#),
      (#"abc\\d"#, 5, .markdown, #"abc…"#),
      (#"\e\#u{301}abc"#, 4, .markdown, "\\e\u{301}…"),
    ])
  func otherMarkup(text: String, count: Int, markup: MarkupReader.Markup, cut: String) {
    #expect(MarkupCut.cut(text, to: TextLimit(count, .characters), markup: markup) == cut)
  }

  /// Whatever is cut wherever: it fits, it is a beginning, and it is well-formed.
  @Test func anyTextAnywhere() {
    var random = SeededRandom(seed: 7)
    let pieces = [
      "a", "é", "e\u{301}", Self.family, "🇩🇪", "&", "<", ">", "\\", "\n", " ", "*", "&amp;", "\u{301}",
    ]
    for _ in 0..<3000 {
      let text = (0..<Int.random(in: 1...20, using: &random)).map { _ in pieces.randomElement(using: &random)!
      }.joined()
      let unit = TextLimit.Unit.allCases.randomElement(using: &random)!
      let limit = TextLimit(Int.random(in: 3...30, using: &random), unit)
      let plain = MarkupCut.cut(text, to: limit)
      #expect(limit.length(of: plain) <= limit.count)
      if plain != text {
        #expect(
          plain.hasSuffix("…") && text.unicodeScalars.starts(with: plain.unicodeScalars.dropLast()), "\(text)"
        )
      }
      let html = "<b>\(TextEscape.html.apply(to: text))</b>&amp;<i>x</i>"
      let reading = HTMLReading(MarkupCut.cut(html, to: limit, markup: .html), tags: ["b", "i"])
      #expect(
        reading.problems == [] && limit.length(of: reading.text) <= limit.count + (unit == .bytes ? 60 : 0),
        "\(html)")
      let slack = MarkupCut.cut(TextEscape.slackMrkdwn.apply(to: text), to: limit, markup: .slack)
      #expect(
        limit.length(of: slack) <= limit.count && HTMLReading(slack, tags: []).problems == [], "\(slack)")
      let markdown = MarkupCut.cut(TextEscape.markdown.apply(to: text), to: limit, markup: .markdown)
      #expect(limit.length(of: markdown) <= limit.count)
    }
  }

  @Test func aMegabyteIsCutAtOnce() {
    let text = String(repeating: "&amp;x<b>y</b>", count: 100_000)
    for markup in [MarkupReader.Markup.none, .html, .slack, .markdown] {
      #expect(MarkupCut.cut(text, to: TextLimit(4096, .utf16), markup: markup).utf16.count < 60_000)
    }
  }
}

@Suite struct PlainTextTests {
  @Test(
    arguments: [
      ("as it is\n\tx", "as it is\n\tx"), ("a\0b\u{1B}[31mc", "a\u{FFFD}b\u{FFFD}[31mc"),
      ("a\r\nb\rc\n\r", "a\nb\nc\n\n"),
      ("\u{85}\u{9F}\u{7F}", "\u{FFFD}\u{FFFD}\u{FFFD}"),
    ])
  func clean(text: String, clean: String) {
    #expect(PlainText.clean(text).unicodeScalars.elementsEqual(clean.unicodeScalars))
  }

  @Test func lines() {
    let limit = TextLimit(10, .characters)
    #expect(PlainText.line(" a\n\n b\tc ", limit) == "a b c")
    #expect(PlainText.line(String(repeating: "ab ", count: 100_000), limit) == "ab ab ab …")
    #expect(PlainText.cut("  a\nb  ", limit) == "a\nb")
  }
}
