import Foundation
import Model
import Watching

/// Tasks of one kind, one after the other, polled by plans that look equally often. No clock: an end is seen by the
/// first poll after it, and what a poll costs is that it is one more.
struct PaceSimulator {
  /// What tasks report of their progress: of the age and the duration.
  typealias Reports = (_ age: Double, _ duration: Double) -> Double

  let every: Double
  let slowest: Double
  /// Of several runs, each beginning with nothing learnt.
  private let runs: [[Double]]
  /// The tasks of each run that count.
  private let window: Range<Int>

  /// - Parameters:
  ///   - every: the shortest wait, in seconds; `slowest` the longest.
  ///   - before: how the tasks are distributed that come first, and how many they are.
  ///   - after: those that come then, the last of them up to the window's end.
  init(
    every: Double, slowest: Double = 60, runs: Int, before: (mix: DurationMix, count: Int) = (.twoHumps, 0),
    after: DurationMix, window: Range<Int>, seed: UInt64 = 1
  ) {
    self.every = every
    self.slowest = slowest
    self.window = window
    self.runs = (0..<runs).map { run in
      var generator = SeededGenerator(seed: seed &* 1000 &+ UInt64(run))
      return (0..<window.upperBound).map { task in
        (task < before.count ? before.mix : after).draw(using: &generator)
      }
    }
  }

  /// Polls at fixed intervals.
  func fixed(_ interval: Double) -> PaceResult { result { _, _ in interval } }

  /// Polls after `first` seconds, then after ever longer waits.
  func backoff(_ first: Double, factor: Double = 1.5) -> PaceResult {
    result { _, poll in min(max(every, first * pow(factor, Double(poll))), slowest) }
  }

  /// The plan of one who knows the distribution, at a price of a poll in seconds.
  func optimum(_ mix: DurationMix, polls: Double) -> PaceResult {
    let table = HazardTable(mix.distribution)
    return PaceResult.at(polls: polls, in: 1e-3...1e4) { price in
      let amount = (2 * price).squareRoot()
      return result { age, _ in min(max(every, table.wait(from: age, until: amount)), slowest) }
    }
  }

  /// The program's own plan, which learns from what it sees.
  func adaptive(polls: Double, reports: Reports? = nil) -> PaceResult {
    PaceResult.at(polls: polls, in: 0.5...30) { adaptive(stretch: $0, reports: reports) }
  }

  private func result(_ wait: (_ age: Double, _ poll: Int) -> Double) -> PaceResult {
    var result = PaceResult()
    for run in runs {
      for duration in run[window] {
        var age = 0.0
        var polls = 0
        repeat {
          age += wait(age, polls)
          polls += 1
        } while age < duration
        result.add(delay: age - duration, polls: polls)
      }
    }
    return result
  }

  /// - Parameter stretch: of all waits, as the source's budget would make it.
  func adaptive(stretch: Double, reports: Reports? = nil) -> PaceResult {
    var rules = WatchRules()
    rules.every = .milliseconds(Int(every * 1000))
    rules.slowest = .milliseconds(Int(slowest * 1000))
    var result = PaceResult()
    var generator = SeededGenerator(seed: 7)
    for run in runs {
      var book = PaceBook(rules, batch: 1, stretch: stretch)
      for (index, duration) in run.enumerated() {
        let seen = poll(duration, by: book, reports, &generator)
        book.learn(.common, .running, from: seen.last, to: seen.end, after: seen.taught)
        if window.contains(index) { result.add(delay: seen.end - duration, polls: seen.polls) }
      }
    }
    return result
  }

  private func poll(
    _ duration: Double, by book: PaceBook, _ reports: Reports?, _ generator: inout SeededGenerator
  ) -> (last: Double, end: Double, polls: Int, taught: ProgressModel.Report?) {
    var pace = TaskPace()
    pace.enter(since: 0, using: &generator)
    var report: ProgressModel.Report?
    var (last, age, polls) = (0.0, 0.0, 0)
    repeat {
      last = age
      if let progress = reports?(age, duration), progress != report?.progress {
        report = ProgressModel.Report(progress: progress, age: age)
        if let report { pace.note(report) }
      }
      age += book.wait(
        of: .common, in: .running, age: age, plain: max(every, min(slowest, (age - 300) / 50)),
        report: report,
        isTimely: false)
      polls += 1
    } while age < duration
    return (last, age, polls, pace.report)
  }
}
