/// One whole number above zero and one unit: what durations, rates, sizes and percentages have in common.
struct UnitText: Sendable {
  /// What a text with such a number and unit is: `duration`.
  var noun: String
  /// What stands between the number and the unit: `/` in a rate.
  var separator = ""
  /// Each unit as it is written, and how much it is.
  var units: [(name: String, value: Int64)]
  /// Other spellings of the units, in lower case, for suggestions only.
  var synonyms: [String: String]
  /// The unit that a bare number probably has.
  var usual: String

  /// Number and unit of a text.
  func parse(_ text: String) throws(TextProblem) -> (count: Int64, unit: Int64) {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    let rest = text[digits.endIndex...]
    if let unit = unit(rest), !digits.isEmpty {
      guard let count = Int64(digits) else { throw TextProblem("is too large") }
      if count == 0 { throw TextProblem("is not above zero") }
      return (count, unit)
    }
    throw TextProblem(
      digits.count == text.count && !text.isEmpty ? "has no unit" : "is no \(noun)", suggestion: guess(text))
  }

  private func unit(_ rest: Substring) -> Int64? {
    guard rest.hasPrefix(separator) else { return nil }
    return units.first { rest.dropFirst(separator.count) == $0.name }?.value
  }

  /// What was probably meant by `5`, `5 s`, `5sec`, `1.5h`, `1h30m`.
  private func guess(_ text: String) -> String? {
    var total: Double = 0
    var smallest: Int64?
    var rest = Substring(text.lowercased()).filter { $0 != " " && $0 != "_" }[...]
    guard !rest.isEmpty, rest.count <= 24 else { return nil }
    while !rest.isEmpty {
      let number = rest.prefix { $0.isASCII && $0.isNumber || $0 == "." }
      guard let count = Double(number), count > 0 else { return nil }
      rest = rest[number.endIndex...]
      if !separator.isEmpty && rest.hasPrefix(separator) { rest = rest.dropFirst(separator.count) }
      let word = String(rest.prefix { !($0.isASCII && $0.isNumber) })
      rest = rest.dropFirst(word.count)
      guard
        let name = word.isEmpty
          ? usual : units.first(where: { $0.name.lowercased() == word })?.name ?? synonyms[word],
        let unit = units.first(where: { $0.name == name })?.value
      else { return nil }
      if smallest != nil && !separator.isEmpty { return nil }
      total = separator.isEmpty ? total + count * Double(unit) : count
      smallest = min(smallest ?? unit, unit)
    }
    guard let smallest else { return nil }
    if !separator.isEmpty {
      return total == total.rounded() && total < 1e9 ? write(Int64(total), smallest) : nil
    }
    // The largest unit that is not larger than those that were written and leaves no fraction.
    for (_, unit) in units.sorted(by: { $0.value > $1.value }) where unit <= smallest {
      let count = total / Double(unit)
      if count == count.rounded(), count >= 1, count < 1e15 { return write(Int64(count), unit) }
    }
    return nil
  }

  /// `90`, of the unit of 60000, is `90m`.
  func write(_ count: Int64, _ unit: Int64) -> String {
    "\(count)\(separator)\(units.first { $0.value == unit }?.name ?? "")"
  }

  /// An amount in the largest unit that leaves no fraction.
  func write(_ amount: Int64) -> String {
    let fitting = units.map(\.value).filter { unit in amount % unit == 0 }
    let unit = fitting.max() ?? units[0].value
    return write(amount / unit, unit)
  }

  /// Of the text's form, as a regular expression of JSON Schema.
  var pattern: String {
    "^0*[1-9][0-9]*\(separator)(\(units.map(\.name).joined(separator: "|")))$"
  }
}
