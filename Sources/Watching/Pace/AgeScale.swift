import Glibc

/// The steps by which ages and durations are told apart: an eighth of an octave each (9%), from a quarter of a second
/// to 18 hours. What is shorter counts as the first step, what is longer as the last.
///
/// The same steps serve for ratios of what remained of a task to what its progress made one expect.
package enum AgeScale {
  static let stepsPerOctave = 8.0
  /// The upper end of the first step, in seconds.
  package static let first = 0.25
  package static let count = 144
  /// The width of a step in units of the natural logarithm.
  static let width = 0.693_147_180_559_945_3 / stepsPerOctave

  /// The lower ends of the steps, and the upper end of the last one: `count + 1` numbers, from 0.
  package static let edges: [Double] = (0...count).map {
    $0 == 0 ? 0 : first * exp2(Double($0 - 1) / stepsPerOctave)
  }

  /// The step in which an age lies.
  static func step(of age: Double) -> Int {
    guard age >= first else { return 0 }
    return Int(min(Double(count - 1), 1 + log2(age / first) * stepsPerOctave))
  }

  /// The middle of a step by the logarithm.
  static func middle(of step: Int) -> Double {
    step == 0 ? first / 2 : first * exp2((Double(step) - 0.5) / stepsPerOctave)
  }
}
