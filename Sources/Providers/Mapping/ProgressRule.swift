import Config
import Model

/// Where an answer tells how far a task is, and in what measure.
package struct ProgressRule: ConfigSection {
  package enum Scale: String, Sendable, CaseIterable {
    /// From 0 to 1.
    case fraction
    /// From 0 to 100.
    case percent
    /// Up to 1 a fraction, above it a percentage.
    case either
  }

  package enum Keys {
    static let at = Key("at", .jsonPaths, required: true, doc: "Where it is told.")
    static let total = Key(
      "of", .jsonPaths, default: [], defaultText: "none",
      doc: "Where the total is told of which `at` tells how much is done.")
    static let scale = Key(
      "scale", .word(Scale.self), default: .either,
      doc: "Whether it goes to 1, to 100, or either; a text such as \"42%\" is taken on any scale.")
  }

  package static let keys = [AnyKey(Keys.at), AnyKey(Keys.total), AnyKey(Keys.scale)]

  package let at: [JSONPath]
  package let total: [JSONPath]
  package let scale: Scale

  package init?(_ section: Section) {
    guard let at = section[Keys.at] else { return nil }
    self.at = at
    total = section[Keys.total]
    scale = section[Keys.scale]
    if section.has(Keys.total), section.has(Keys.scale) {
      section.fail(at: Keys.scale, "with \"of\" it is a share of the total", expected: "one of the two keys")
    }
  }

  /// What one object tells; nil where it tells nothing. From 0 to 1, and nil within where what it tells is out of
  /// range.
  func told(by object: JSONSlice, state: TaskState) -> Double?? {
    guard let told = at.first(in: object) else { return nil }
    if total.isEmpty { return .some(value(of: told, state: state)) }
    guard let done = Self.amount(told), let all = total.first(in: object).flatMap(Self.amount), all > 0 else {
      return .some(nil)
    }
    return .some(Self.inRange(done / all))
  }

  /// A number, or one in a text.
  private static func amount(_ value: JSONSlice) -> Double? {
    value.number ?? value.string.flatMap { number($0[...]) }
  }

  /// From 0 to 1; nil where nothing is told or what is told is out of range. A text with a percent sign is a
  /// percentage on any scale.
  func value(of told: JSONSlice, state: TaskState) -> Double? {
    if let number = told.number { return scaled(number, state: state) }
    guard let text = told.string else { return nil }
    let isPercentage = text.hasSuffix("%")
    let digits = isPercentage ? text.dropLast() : Substring(text)
    guard let number = Self.number(digits) else { return nil }
    return isPercentage ? Self.inRange(number / 100) : scaled(number, state: state)
  }

  /// Double also reads "nan", "inf" and "0x1p3", which no API means.
  private static func number(_ digits: Substring) -> Double? {
    guard digits.utf8.allSatisfy({ (48...57).contains($0) || $0 == UInt8(ascii: ".") }) else { return nil }
    return Double(digits)
  }

  private func scaled(_ number: Double, state: TaskState) -> Double? {
    switch scale {
    case .fraction: return Self.inRange(number)
    case .percent: return Self.inRange(number / 100)
    case .either:
      // 1 may be 1 % as well as all of it; only a success settles which.
      if number == 1 { return state == .succeeded ? 1 : nil }
      return Self.inRange(number < 1 ? number : number / 100)
    }
  }

  private static func inRange(_ value: Double) -> Double? { (0...1).contains(value) ? value : nil }
}
