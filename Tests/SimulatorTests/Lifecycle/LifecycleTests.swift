import Testing

@testable import Simulator

@Suite struct LifecycleTests {
  static func life(
    _ number: Int, seed: UInt64 = 1, media: Media = .video, unknownFor: Double = 2, failures: Double = 0.12
  ) -> Lifecycle {
    Lifecycle(seed: seed, id: "sim-\(number)", media: media, unknownFor: unknownFor, failures: failures)
  }

  @Test func itFollowsFromSeedAndID() {
    #expect(Self.life(1) == Self.life(1))
    #expect(Self.life(1) != Self.life(2))
    #expect(Self.life(1) != Self.life(1, seed: 2))
  }

  @Test func timesAndOutcomesAreSpreadAsRunways() {
    let lives = (0..<3000).map { Self.life($0) }
    let totals = lives.filter { if case .succeeded = $0.outcome { true } else { false } }.map(\.endsAt)
      .sorted()
    #expect(abs(totals[totals.count / 2] - 90) < 6)
    #expect(totals.first! >= 20 && totals.last! <= 900)
    #expect((0.10...0.14).contains(1 - Double(totals.count) / 3000))
    #expect((0.22...0.28).contains(Double(lives.count { $0.throttledAt != nil }) / 3000))
    #expect((0.28...0.39).contains(Double(lives.count { $0.knownAt == 0 }) / 3000))
    #expect(lives.allSatisfy { $0.knownAt <= 2 })
    let codes = Set(
      lives.compactMap { life -> String? in
        if case .failed(let failure) = life.outcome { failure.code ?? "none" } else { nil }
      })
    #expect(codes.count == Failure.all.count)
  }

  @Test(arguments: [(0.0, 0), (1.0, 200)]) func theShareOfFailuresIsKept(share: Double, expected: Int) {
    let failed = (0..<200).count { number in
      if case .failed = Self.life(number, failures: share).outcome { true } else { false }
    }
    #expect(failed == expected)
  }

  @Test func aTaskOnlyMovesForward() {
    for number in 0..<300 {
      let life = Self.life(number)
      var seen: [String] = []
      var progress = -1.0
      for tick in stride(from: 0, through: life.endsAt + 2, by: life.endsAt / 700) {
        let phase = life.phase(at: tick)
        let name = phase?.status ?? "unknown"
        if seen.last != name { seen.append(name) }
        if case .running(let now) = phase {
          #expect(now >= progress && (0..<1).contains(now))
          progress = now
        }
      }
      var expected = life.knownAt > 0 ? ["unknown", "PENDING"] : ["PENDING"]
      if life.throttledAt != nil { expected.append("THROTTLED") }
      if life.runningAt != nil { expected.append("RUNNING") }
      if case .failed = life.outcome { expected.append("FAILED") } else { expected.append("SUCCEEDED") }
      #expect(seen == expected)
      #expect(life.phase(at: 1e9) == life.phase(at: life.endsAt))
    }
  }

  @Test func anIDNeedNotBeUnknownAtFirst() {
    #expect((0..<100).allSatisfy { Self.life($0, unknownFor: 0).phase(at: 0) == .pending })
  }

  @Test func onlyRunningTasksFailLate() {
    for number in 0..<500 {
      guard case .failed(let failure) = Self.life(number, failures: 1).outcome else {
        Issue.record("it succeeds")
        continue
      }
      #expect(failure.early == (Self.life(number, failures: 1).runningAt == nil))
    }
  }
}
