import Model
import Testing

@Suite struct LaneTests {
  @Test(arguments: Backing.allCases, [Settlement.Result.delivered, .dead])
  func onePerLaneInOrder(backing: Backing, result: Settlement.Result) async throws {
    try await backing.use { bench in
      var a = try await bench.register("a")
      let b = try await bench.register("b")
      for state in [TaskState.pending, .running, .succeeded] {
        a = try await bench.advance(a, to: state, hooks: ["h", "g"])
      }
      try await bench.advance(b, to: .running, hooks: ["h"])
      var told: [String] = []
      while true {
        let claim = try await bench.claim("h")
        #expect(Set(claim.deliveries.map(\.event.taskID)).count == claim.deliveries.count)
        #expect(claim.nextDue == nil)
        guard let first = claim.deliveries.first else { break }
        told.append("\(first.event.taskID!)\(first.event.sequence)")
        let wasFollowed = try await bench.settle(first, "h", result)
        #expect(wasFollowed == ["a1", "a2"].contains(told.last!))
      }
      #expect(told.filter { $0 != "b1" } == ["a1", "a2", "a3"] && told.count == 4)
      // Another hook has lanes of its own.
      #expect(try await bench.claim("g").deliveries.map(\.event.sequence) == [1])
    }
  }

  @Test(arguments: Backing.allCases)
  func aRetryHoldsItsLaneAndNoOther(backing: Backing) async throws {
    try await backing.use { bench in
      var a = try await bench.register("a")
      a = try await bench.advance(a, to: .pending, hooks: ["h"])
      a = try await bench.advance(a, to: .running, hooks: ["h"])
      let b = try await bench.register("b")
      let first = try await bench.claim("h").deliveries[0]
      let due = bench.time.now + .seconds(5)
      #expect(try await !bench.settle(first, "h", .retry(at: due)))
      let none = try await bench.claim("h")
      #expect(none.deliveries.isEmpty && none.nextDue == due)
      try await bench.advance(b, to: .running, hooks: ["h"])
      #expect(try await bench.claim("h").deliveries.map(\.event.taskID) == ["b"])
      bench.time.advance(by: .milliseconds(4999))
      #expect(try await bench.claim("h").deliveries.map(\.event.taskID) == ["b"])
      bench.time.advance(by: .milliseconds(1))
      let again = try await bench.claim("h").deliveries.last!
      #expect(again.row == first.row && again.attempts == 1 && again.tries == 1)
    }
  }

  @Test(arguments: Backing.allCases)
  func aRetryIsNeverEarly(backing: Backing) async throws {
    try await backing.use { bench in
      let a = try await bench.register("a")
      try await bench.advance(a, to: .running, hooks: ["h"])
      let first = try await bench.claim("h").deliveries[0]
      let due = bench.time.now + .nanoseconds(1_500_001)
      try await bench.settle(first, "h", .retry(at: due))
      let next = try await #require(bench.claim("h").nextDue)
      #expect(next >= due && next - due < .milliseconds(1))
      #expect(try await bench.claim("h", limit: 1, at: due).deliveries.isEmpty)
      #expect(try await bench.claim("h", limit: 1, at: next).deliveries.count == 1)
    }
  }

  @Test(arguments: Backing.allCases)
  func claimsAreLimitedAndSkipWhatIsHeld(backing: Backing) async throws {
    try await backing.use { bench in
      for index in 0..<10 {
        let record = try await bench.register("t\(index)")
        try await bench.advance(record, to: .running, hooks: ["h"])
        bench.time.advance(by: .seconds(1))
      }
      let begin = ManualTimeStart.moment
      var claim = try await bench.claim("h", limit: 3)
      #expect(claim.deliveries.map(\.event.taskID) == ["t0", "t1", "t2"])
      #expect(claim.nextDue == begin + .seconds(3))
      let held = Set(claim.deliveries.map(\.row))
      claim = try await bench.claim("h", limit: 3, held: held)
      #expect(claim.deliveries.map(\.event.taskID) == ["t3", "t4", "t5"])
      claim = try await bench.claim("h", limit: 0, held: held)
      #expect(claim.deliveries.isEmpty && claim.nextDue == begin + .seconds(3))
      claim = try await bench.claim("h", limit: 9, held: held, at: begin + .seconds(4))
      #expect(claim.deliveries.map(\.event.taskID) == ["t3", "t4"])
      #expect(claim.nextDue == begin + .seconds(5))
      claim = try await bench.claim("nobody")
      #expect(claim.deliveries.isEmpty && claim.nextDue == nil)
    }
  }
}

/// Where a `ManualTime` begins.
enum ManualTimeStart {
  static let moment = Moment(milliseconds: 1_767_225_600_000)
}
