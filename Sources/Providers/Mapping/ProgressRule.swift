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
    static let scale = Key(
      "scale", .word(Scale.self), default: .either,
      doc: "Whether it goes to 1, to 100, or either; a text such as \"42%\" is taken on any scale.")
  }

  package static let keys = [AnyKey(Keys.at), AnyKey(Keys.scale)]

  package let at: [JSONPath]
  package let scale: Scale

  package init?(_ section: Section) {
    guard let at = section[Keys.at] else { return nil }
    self.at = at
    scale = section[Keys.scale]
  }

  /// From 0 to 1; nil where nothing is told or what is told is out of range. A text with a percent sign is a
  /// percentage on any scale.
  func value(of told: JSONSlice, state: TaskState) -> Double? {
    if let number = told.number { return scaled(number, state: state) }
    guard let text = told.string else { return nil }
    let isPercentage = text.hasSuffix("%")
    let digits = isPercentage ? text.dropLast() : Substring(text)
    // Double also reads "nan", "inf" and "0x1p3", which no API means.
    guard digits.utf8.allSatisfy({ (48...57).contains($0) || $0 == UInt8(ascii: ".") }),
      let number = Double(digits)
    else { return nil }
    return isPercentage ? Self.inRange(number / 100) : scaled(number, state: state)
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
