import Model
import Testing

@Suite struct PercentEncodingTests {
  @Test(
    arguments: [
      ("", "", "", ""), ("aZ09-._", "aZ09-._", "aZ09-._", "aZ09-._"), ("a b", "a%20b", "a+b", "a%20b"),
      ("~*", "~%2A", "%7E*", "~*"), ("a/b?c#d[]", "a%2Fb%3Fc%23d%5B%5D", "a%2Fb%3Fc%23d%5B%5D", "a/b?c#d[]"),
      ("é🎬", "%C3%A9%F0%9F%8E%AC", "%C3%A9%F0%9F%8E%AC", "%C3%A9%F0%9F%8E%AC"),
      ("\"100%\"", "%22100%25%22", "%22100%25%22", "%22100%25%22"), ("+&=", "%2B%26%3D", "%2B%26%3D", "+&="),
      ("\r\n\0\u{7F}", "%0D%0A%00%7F", "%0D%0A%00%7F", "%0D%0A%00%7F"),
    ])
  func table(text: String, segment: String, form: String, header: String) {
    #expect(PercentEncoding.encode(text) == segment)
    #expect(PercentEncoding.form(text) == form)
    #expect(PercentEncoding.header(text) == header)
  }
}
