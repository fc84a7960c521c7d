/// `25%`: a whole number from 1 to 100.
package enum PercentageText {
  package static let expected = "a whole number from 1 to 100 and a percent sign, such as 25%"

  static let units = UnitText(
    noun: "percentage", units: [("%", 1)], synonyms: ["percent": "%"], usual: "%")

  /// From 0.01 to 1.
  package static func parse(_ text: String) throws(TextProblem) -> Double {
    let (count, _) = try units.parse(text)
    if count > 100 { throw TextProblem("is more than 100%") }
    return Double(count) / 100
  }

  package static func write(_ share: Double) -> String { "\(Int((share * 100).rounded()))%" }
}
