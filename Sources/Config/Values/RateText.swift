import Model

/// `10/s`, `600/m`, `50/h`: so many in so long.
package enum RateText {
  package static let expected = "one whole number and a unit of time (/s, /m, /h), such as 10/s"
  /// More than anyone can mean; beyond it the time between two is no whole microsecond.
  static let mostPerSecond: Int64 = 1_000_000

  static let units = UnitText(
    noun: "rate", separator: "/", units: [("s", 1), ("m", 60), ("h", 3600)],
    synonyms: [
      "sec": "s", "second": "s", "min": "m", "minute": "m", "hr": "h", "hour": "h",
    ], usual: "s")

  /// At most 1000000/s.
  package static func parse(_ text: String) throws(TextProblem) -> Rate {
    let (count, unit) = try units.parse(text)
    guard count <= mostPerSecond * unit else { throw TextProblem("is too much; 1000000/s is the most") }
    return Rate(Int(count), per: .seconds(unit))
  }
}
