/// A whole number in decimal digits.
package enum IntegerText {
  /// The number, without a leading zero and within the range.
  package static func parse(_ text: String, in range: ClosedRange<Int>) throws(TextProblem) -> Int {
    let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
    guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
      throw TextProblem("is no whole number")
    }
    // YAML 1.1 reads 010 as eight, YAML 1.2 as ten.
    if digits.count > 1 && digits.first == "0" {
      let plain = digits.drop { $0 == "0" }
      throw TextProblem(
        "begins with a zero", suggestion: plain.isEmpty ? "0" : (text.hasPrefix("-") ? "-" : "") + plain)
    }
    guard let value = Int(text), range.contains(value) else {
      throw TextProblem("is out of range")
    }
    return value
  }

  /// `a whole number from 1 to 1000`.
  static func expected(_ range: ClosedRange<Int>) -> String {
    switch (range.lowerBound == .min, range.upperBound == .max) {
    case (true, true): "a whole number"
    case (false, true): "a whole number, \(range.lowerBound) or more"
    case (true, false): "a whole number, \(range.upperBound) or less"
    case (false, false): "a whole number from \(range.lowerBound) to \(range.upperBound)"
    }
  }
}
