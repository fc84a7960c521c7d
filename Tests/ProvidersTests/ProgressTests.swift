import Model
import Testing

@testable import Providers

@Suite struct ProgressTests {
  @Test(
    arguments: [
      ("0", "RUNNING", 0), ("0.42", "RUNNING", 0.42), ("42", "RUNNING", 0.42), ("100", "RUNNING", 1),
      ("99.5", "RUNNING", 0.995), ("1e1", "RUNNING", 0.1), ("\"42%\"", "RUNNING", 0.42),
      ("\"0%\"", "RUNNING", 0), ("\"1%\"", "RUNNING", 0.01), ("\"100%\"", "RUNNING", 1),
      ("\"12.5%\"", "RUNNING", 0.125), ("\"0.42\"", "RUNNING", 0.42), ("\"42\"", "RUNNING", 0.42),
      // 1 may mean 1 % as well as all; only a success settles it.
      ("1", "RUNNING", nil), ("1", "FAILED", nil), ("1", "SUCCEEDED", 1), ("1.0", "SUCCEEDED", 1),
      ("-0.1", "RUNNING", nil), ("101", "RUNNING", nil), ("1e400", "RUNNING", nil), ("null", "RUNNING", nil),
      ("true", "RUNNING", nil), ("\"\"", "RUNNING", nil), ("\"%\"", "RUNNING", nil),
      ("\"nan\"", "RUNNING", nil), ("\"0x10\"", "RUNNING", nil), ("\"inf%\"", "RUNNING", nil),
      ("\"-5%\"", "RUNNING", nil), ("\"150%\"", "RUNNING", nil), ("\"1.2.3\"", "RUNNING", nil),
      ("\"half\"", "RUNNING", nil), ("{\"percent\":4}", "RUNNING", nil), ("[0.5]", "RUNNING", nil),
    ] as [(String, String, Double?)])
  func eitherScale(told: String, status: String, expected: Double?) throws {
    let body = #"{"id":"a","status":"\#(status)","progress":\#(told)}"#
    let seen = try #require(try Fixtures.provider().read(Fixtures.answer(200, body)).observation)
    #expect(seen.progress == expected)
  }

  @Test(
    arguments: [
      ("fraction", "1", 1), ("fraction", "42", nil), ("fraction", "0.5", 0.5), ("fraction", "\"42%\"", 0.42),
      ("percent", "1", 0.01), ("percent", "42", 0.42), ("percent", "0.5", 0.005),
      ("percent", "\"42%\"", 0.42),
      ("percent", "\"7\"", 0.07),
    ] as [(String, String, Double?)])
  func oneScale(scale: String, told: String, expected: Double?) throws {
    let rule = try MappingText.read("at: progress\nscale: \(scale)", as: ProgressRule.self)
    let value = try JSONDocument(Array(told.utf8)).root
    #expect(try #require(rule).value(of: value, state: .running) == expected)
  }
}
