import Testing

@testable import taskhook_bench

/// What the learnt pace has to reach, by the simulator of the bench. It polls at a given stretch of all waits; the plans
/// beside it are those that poll as often.
@Suite struct PaceAimsTests {
  private static let kinds = [0.3, 0.5, 0.8].map { DurationMix.logNormal(90, $0) } + [.twoHumps]

  private func fixed(_ simulator: PaceSimulator, polls: Double) -> PaceResult {
    PaceResult.at(polls: polls, in: 0.5...120) { simulator.fixed($0) }
  }

  /// About as often as every 6 s, and every 20 s.
  @Test(arguments: kinds.indices, [(every: 1.0, stretch: 4.0), (every: 6.0, stretch: 2.0)])
  func after200TasksThePlanIsAsGoodAsKnowingAll(kind: Int, pace: (every: Double, stretch: Double)) {
    let mix = Self.kinds[kind]
    let simulator = PaceSimulator(every: pace.every, runs: 4, after: mix, window: 200..<400)
    let learnt = simulator.adaptive(stretch: pace.stretch)
    let best = simulator.optimum(mix, polls: learnt.polls)
    #expect(learnt.delay <= 1.1 * best.delay, "\(learnt.delay) of \(best.delay)")
    #expect(learnt.delay < fixed(simulator, polls: learnt.polls).delay)
  }

  @Test(arguments: [(0, 0.48), (1, 0.67), (2, 0.87)])
  func thePlanWithFullKnowledgeIsAsGoodAsTheory(kind: Int, ratio: Double) {
    let simulator = PaceSimulator(every: 0.5, runs: 4, after: Self.kinds[kind], window: 0..<1000)
    let base = simulator.fixed(6)
    let best = simulator.optimum(Self.kinds[kind], polls: base.polls).delay / base.delay
    #expect(abs(best - ratio) < 0.06, "\(best)")
  }

  @Test(arguments: kinds.indices)
  func whileItLearnsThePlanIsNoWorseThanAFixedInterval(kind: Int) {
    let simulator = PaceSimulator(every: 1, runs: 4, after: Self.kinds[kind], window: 0..<200)
    let learnt = simulator.adaptive(stretch: 4)
    let base = fixed(simulator, polls: learnt.polls)
    #expect(learnt.delay <= base.delay, "\(learnt.delay) of \(base.delay)")
  }

  @Test(arguments: kinds.indices)
  func evenProgressHalvesTheDelay(kind: Int) {
    let mix = Self.kinds[kind]
    let simulator = PaceSimulator(every: 1, runs: 2, after: mix, window: 200..<400)
    let told = simulator.adaptive(stretch: 4, reports: AdaptiveBenchmark.linear)
    // One who knows the distribution, but has no reports, has twice the delay.
    let best = simulator.optimum(mix, polls: told.polls)
    #expect(told.delay <= best.delay / 2, "\(told.delay) of \(best.delay)")
  }

  @Test func progressThatSaysNothingDoesNoHarm() {
    let mix = Self.kinds[0]
    let simulator = PaceSimulator(every: 1, runs: 4, after: mix, window: 200..<400)
    // Leaps about, the same for the same age.
    let told = simulator.adaptive(stretch: 4) { age, duration in
      0.98 * (age * 7919 + duration * 104_729).truncatingRemainder(dividingBy: 97) / 97
    }
    let best = simulator.optimum(mix, polls: told.polls)
    #expect(told.delay <= 1.15 * best.delay, "\(told.delay) of \(best.delay)")
  }

  @Test(arguments: [0, 1, 2], [3.0, 1 / 3.0])
  func anotherSpeedIsLearntWithin100Tasks(kind: Int, factor: Double) {
    let after = Self.kinds[kind].slower(by: factor)
    let simulator = PaceSimulator(
      every: 1, runs: 4, before: (Self.kinds[kind], 200), after: after, window: 300..<400)
    let learnt = simulator.adaptive(stretch: 4)
    let best = simulator.optimum(after, polls: learnt.polls)
    // 1.1, and what so few tasks may err by.
    #expect(learnt.delay <= 1.15 * best.delay, "\(learnt.delay) of \(best.delay)")
  }

  @Test(arguments: [0.3, 0.5, 0.8])
  func withPollsInPlentyFewerAreSpentForTheSameDelay(deviation: Double) {
    let simulator = PaceSimulator(every: 6, runs: 3, after: .logNormal(90, deviation), window: 200..<400)
    let base = simulator.fixed(6)
    let learnt = simulator.adaptive(stretch: 1)
    #expect(learnt.delay <= 1.06 * base.delay, "\(learnt.delay) of \(base.delay)")
    #expect(learnt.polls <= 0.97 * base.polls, "\(learnt.polls) of \(base.polls)")
  }

  /// A tenth of the demand, and a twentieth: then not even all waits at `slowest` fit, and tasks go in the order in which
  /// they are due.
  @Test(arguments: [(rate: 2, tasks: 120), (rate: 1, tasks: 120)])
  func nobodyStarves(rate: Int, tasks: Int) {
    let source = ShortBudget(
      .logNormal(90, 0.5), tasks: tasks, rate: rate, isLearning: true, seconds: 1200)
    let inOrder = Double(tasks) / Double(rate)
    #expect(source.longest <= 1.15 * max(1.05 * 60, inOrder) && source.longest > 50, "\(source.longest)")
  }

  @Test func aShortBudgetGoesWhereItMatters() {
    let mix = DurationMix.logNormal(90, 0.3)
    let plain = ShortBudget(mix, tasks: 120, rate: 8, isLearning: false, seconds: 1200)
    let learnt = ShortBudget(mix, tasks: 120, rate: 8, isLearning: true, seconds: 1200)
    #expect(learnt.delay < 0.8 * plain.delay, "\(learnt.delay) of \(plain.delay)")
  }
}
