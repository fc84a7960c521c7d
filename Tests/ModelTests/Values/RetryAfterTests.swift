import Model
import Testing

@Suite struct RetryAfterTests {
  /// 1994-11-06T08:49:07Z, half a minute before the RFC's example.
  static let now = Timestamp(milliseconds: 784_111_747_000)

  @Test(
    arguments: [
      ("120", .seconds(120)), (" 5 ", .seconds(5)), ("0.25", .milliseconds(250)),
      ("1.0001", .milliseconds(1001)),
      ("3601", .seconds(3600)), ("99999999999999999999999999", .seconds(3600)), ("0", nil), ("0.0", nil),
      ("-5", nil), ("+5", nil), ("1e3", nil), ("0x10", nil), ("", nil), ("soon", nil), ("5 seconds", nil),
      ("1.", nil), (".5", nil), ("nan", nil), ("inf", nil),
      ("Sun, 06 Nov 1994 08:49:37 GMT", .seconds(30)), ("Sunday, 06-Nov-94 08:49:37 GMT", .seconds(30)),
      ("Sun Nov  6 08:49:37 1994", .seconds(30)), ("Sun, 06 Nov 1994 08:49:07 GMT", nil),
      ("Sun, 06 Nov 1994 08:00:00 GMT", nil), ("Fri, 31 Dec 9999 23:59:59 GMT", .seconds(3600)),
      ("Sun, 06 Nov 1994 25:49:37 GMT", nil), ("Sun, 06 Now 1994 08:49:37 GMT", nil),
      ("Sun, 06 Nov 1994 08:49:37 PST", nil), ("Sun, 06 Nov 1994 08:49:37", nil),
    ] as [(String, Duration?)])
  func waits(header: String, expected: Duration?) {
    #expect(RetryAfter.parse(header, now: Self.now, most: .seconds(3600)) == expected)
  }

  @Test func nothing() { #expect(RetryAfter.parse(nil, now: Self.now, most: .seconds(3600)) == nil) }

  @Test(arguments: [
    ("Thu, 01 Jan 1970 00:00:00 GMT", 0), ("Thu, 29 Feb 2024 12:00:00 GMT", 1_709_208_000),
    ("Fri, 01 Mar 2024 00:00:00 GMT", 1_709_251_200), ("Mon, 28 Feb 2100 23:59:59 GMT", 4_107_542_399),
    ("Fri, 31 Dec 1999 23:59:60 GMT", 946_684_800), ("Saturday, 01-Jan-00 00:00:00 GMT", 946_684_800),
    ("Saturday, 01-Jan-44 00:00:00 GMT", 2_335_219_200), ("Sunday, 01-Jan-45 00:00:00 GMT", -788_918_400),
  ])
  func dates(text: String, seconds: Int64) {
    #expect(HTTPDate.parse(text, now: Self.now) == Timestamp(milliseconds: seconds * 1000))
  }
}
