import Foundation

/// What polling some tasks came to.
struct PaceResult {
  /// Seconds from the ends to the polls that saw them, all together.
  private var delays = 0.0
  private var count = 0.0
  private var tasks = 0.0

  mutating func add(delay: Double, polls: Int) {
    delays += delay
    count += Double(polls)
    tasks += 1
  }

  /// Mean seconds from an end to the poll that sees it.
  var delay: Double { delays / tasks }
  /// Mean polls of a task, that one included.
  var polls: Double { count / tasks }

  /// The result of a plan at that price of a poll (or stretch of the waits) by which tasks are polled so often; the
  /// higher it is, the fewer are the polls.
  static func at(polls wanted: Double, in range: ClosedRange<Double>, _ plan: (Double) -> PaceResult)
    -> PaceResult
  {
    // Bisection, led by the slope between the ends (the Illinois rule) on logarithms, where the line is almost straight.
    var low = log(range.lowerBound)
    var high = log(range.upperBound)
    var above = log(plan(range.lowerBound).polls / wanted)
    var below = log(plan(range.upperBound).polls / wanted)
    var result = PaceResult()
    var wasAbove: Bool?
    for _ in 0..<12 {
      let middle = low + (high - low) * min(max(above / (above - below), 0.05), 0.95)
      result = plan(exp(middle))
      let error = log(result.polls / wanted)
      if abs(error) < 0.002 { break }
      let isAbove = error > 0
      if isAbove {
        (low, above) = (middle, error)
        if wasAbove == true { below /= 2 }
      } else {
        (high, below) = (middle, error)
        if wasAbove == false { above /= 2 }
      }
      wasAbove = isAbove
    }
    return result
  }
}
