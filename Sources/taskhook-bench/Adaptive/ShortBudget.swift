import Model
import Watching

/// A source with more tasks than its rate allows to poll as often as they should be: one queue, in the order in which
/// tasks are due, as `SourceWatcher` has it. A task that ends is followed by another.
struct ShortBudget {
  /// Mean seconds from an end to the poll that sees it.
  private(set) var delay = 0.0
  /// The longest time between two polls of a task, in seconds.
  private(set) var longest = 0.0
  /// The stretch of all waits at last.
  private(set) var stretch = 1.0

  /// - Parameters:
  ///   - rate: polls a second.
  ///   - isLearning: else waits are `every`, and all that is late is late.
  ///   - seconds: of simulated time, of which the second half is measured.
  init(_ mix: DurationMix, tasks: Int, rate: Int, isLearning: Bool, seconds: Double, seed: UInt64 = 1) {
    var rules = WatchRules()
    rules.rate = Rate(rate, per: .seconds(1))
    let every = rules.every.seconds
    var generator = SeededGenerator(seed: seed)
    var book = PaceBook(rules, batch: 1)
    // Begun at any time, so that they do not all end together.
    var begun = (0..<tasks).map { _ in -Double.random(in: 0..<60, using: &generator) }
    var durations = begun.map { max(mix.draw(using: &generator), -$0) }
    var polled = begun.map { max($0, -every) }
    var due = begun.map { _ in Double.random(in: 0..<every, using: &generator) }
    var result = PaceResult()
    var now = 0.0
    while now < seconds {
      let task = due.indices.min { due[$0] < due[$1] }!
      now = max(now + 1 / Double(rate), due[task])
      let isMeasured = now > seconds / 2
      if isMeasured { longest = max(longest, now - polled[task]) }
      let age = now - begun[task]
      if age >= durations[task] {
        if isMeasured { result.add(delay: age - durations[task], polls: 1) }
        if isLearning { book.learn(.common, .running, from: polled[task] - begun[task], to: age, after: nil) }
        begun[task] = now
        durations[task] = mix.draw(using: &generator)
      }
      polled[task] = now
      var wait = every
      if isLearning {
        wait = book.wait(
          of: .common, in: .running, age: now - begun[task], plain: every, report: nil, isTimely: false)
        book.note(wait: wait, tasks: tasks)
      }
      due[task] = now + wait * Double.random(in: 1...1.05, using: &generator)
    }
    delay = result.delay
    stretch = book.stretch
  }
}
