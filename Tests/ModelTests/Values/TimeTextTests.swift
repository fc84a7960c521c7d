import Testing

@testable import Model

@Suite struct TimeTextTests {
  @Test(arguments: [
    (0, "1970-01-01T00:00:00.000Z", "Thu, 01 Jan 1970 00:00:00 GMT"),
    (784_111_777_000, "1994-11-06T08:49:37.000Z", "Sun, 06 Nov 1994 08:49:37 GMT"),
    (951_827_696_789, "2000-02-29T12:34:56.789Z", "Tue, 29 Feb 2000 12:34:56 GMT"),
    (1_767_225_599_999, "2025-12-31T23:59:59.999Z", "Wed, 31 Dec 2025 23:59:59 GMT"),
    (1_777_639_667_351, "2026-05-01T12:47:47.351Z", "Fri, 01 May 2026 12:47:47 GMT"),
    (4_107_542_400_000, "2100-03-01T00:00:00.000Z", "Mon, 01 Mar 2100 00:00:00 GMT"),
    (-1, "1969-12-31T23:59:59.999Z", "Wed, 31 Dec 1969 23:59:59 GMT"),
  ])
  func datesAreSpelledAsTheirFormatsSay(milliseconds: Int64, iso: String, http: String) {
    let time = Timestamp(milliseconds: milliseconds)
    #expect(time.iso8601 == iso)
    #expect(HTTPDate.text(time) == http)
  }
}
