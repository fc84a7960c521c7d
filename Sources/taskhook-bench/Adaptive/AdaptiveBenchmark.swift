import Foundation

/// Polls spent where they matter: the mean delay from an end to the poll that sees it, of the program's own plan and of
/// others that poll as often, as a ratio to that of a fixed interval. Simulated, the same at each run.
struct AdaptiveBenchmark {
  /// Where the plot goes.
  let plot: String

  private static let runs = 8
  private static let kinds: [(name: String, mix: DurationMix)] = [
    ("σ 0.3", .logNormal(90, 0.3)), ("σ 0.5", .logNormal(90, 0.5)), ("σ 0.8", .logNormal(90, 0.8)),
    ("two humps, 30 s and 180 s", .twoHumps),
  ]

  func run() throws {
    for (fixed, every) in [(6.0, 1.0), (20.0, 6.0)] {
      print("As many polls as every \(Int(fixed)) s, the shortest wait \(Int(every)) s:\n")
      table(fixed: fixed, every: every)
    }
    changes()
    budgets()
    try draw()
  }

  private func table(fixed: Double, every: Double) {
    print(
      "| durations | polls a task | fixed | back-off | tasks 1–200 | tasks 201–400 | with progress | all known |"
    )
    print("|---|---|---|---|---|---|---|---|")
    for (name, mix) in Self.kinds {
      let first = PaceSimulator(every: every, runs: Self.runs, after: mix, window: 0..<200)
      let later = PaceSimulator(every: every, runs: Self.runs, after: mix, window: 200..<400)
      let base = later.fixed(fixed)
      let ratio = { (result: PaceResult) in String(format: "%.2f", result.delay / base.delay) }
      let early = first.fixed(fixed)
      let learning = String(format: "%.2f", first.adaptive(polls: early.polls).delay / early.delay)
      print(
        "| \(name) | \(String(format: "%.1f", base.polls)) | 1 (\(String(format: "%.1f s", base.delay))) "
          + "| \(ratio(PaceResult.at(polls: base.polls, in: 0.2...60) { later.backoff($0) })) | \(learning) "
          + "| \(ratio(later.adaptive(polls: base.polls))) "
          + "| \(ratio(later.adaptive(polls: base.polls, reports: Self.linear))) "
          + "| \(ratio(later.optimum(mix, polls: base.polls))) |")
    }
    print("")
  }

  /// Progress in whole hundredths.
  static func linear(age: Double, duration: Double) -> Double { (age / duration * 100).rounded(.down) / 100 }

  private func changes() {
    print("After a change of the provider's speed, as a ratio to the plan of one who knows it:\n")
    print("| durations | change | tasks 1–50 after it | 51–100 | 101–200 | fixed |")
    print("|---|---|---|---|---|---|")
    for (name, mix) in Self.kinds.prefix(3) {
      for (change, factor) in [("3 times slower", 3.0), ("3 times faster", 1 / 3.0)] {
        let after = mix.slower(by: factor)
        var cells: [String] = []
        for window in [200..<250, 250..<300, 300..<400] {
          let simulator = PaceSimulator(
            every: 1, runs: 2 * Self.runs, before: (mix, 200), after: after, window: window)
          let base = simulator.fixed(6)
          let best = simulator.optimum(after, polls: base.polls).delay
          cells.append(String(format: "%.2f", simulator.adaptive(polls: base.polls).delay / best))
          if window.upperBound == 400 { cells.append(String(format: "%.2f", base.delay / best)) }
        }
        print("| \(name) | \(change) | \(cells.joined(separator: " | ")) |")
      }
    }
    print("")
  }

  private func budgets() {
    print(
      "600 tasks at a time, σ 0.5, `every` 6 s, `slowest` 60 s: the budget that all would need is 100/s.\n")
    print(
      "| budget | mean delay, every 6 s and late | learnt | longest between two polls of a task | in order alone |"
    )
    print("|---|---|---|---|---|")
    for rate in [40, 10, 5] {
      let mix = DurationMix.logNormal(90, 0.5)
      let plain = ShortBudget(mix, tasks: 600, rate: rate, isLearning: false, seconds: 1200)
      let learning = ShortBudget(mix, tasks: 600, rate: rate, isLearning: true, seconds: 1200)
      print(
        String(
          format: "| %d/s | %.1f s | %.1f s | %.0f s | %.0f s |", rate, plain.delay, learning.delay,
          learning.longest, 600 / Double(rate)))
    }
    print("")
  }

  private func draw() throws {
    let mix = DurationMix.logNormal(90, 0.3)
    let simulator = PaceSimulator(every: 1, runs: Self.runs, after: mix, window: 200..<400)
    let intervals = [3.2, 4, 5, 6, 8, 11, 15, 20, 26]
    let fixed = intervals.map { simulator.fixed($0) }
    let points = { (results: [PaceResult]) in results.map { (polls: $0.polls, delay: $0.delay) } }
    let text = PacePlot(
      title: "Mean delay until an end is seen (median 90 s, σ 0.3)",
      curves: [
        .init(
          name: "back-off × 1.5", color: "#bf8700",
          points: points([0.5, 0.7, 1, 1.5, 2, 3, 4, 6, 8, 11, 15, 20].map { simulator.backoff($0) })),
        .init(name: "fixed", color: "#cf222e", points: points(fixed)),
        .init(
          name: "learnt, 200 tasks", color: "#1a7f37",
          points: points(fixed.map { simulator.adaptive(polls: $0.polls) })),
        .init(
          name: "all known", color: "#218bff", isDashed: true,
          points: points(fixed.map { simulator.optimum(mix, polls: $0.polls) })),
      ]
    ).svg
    try text.write(toFile: plot, atomically: true, encoding: .utf8)
  }
}
