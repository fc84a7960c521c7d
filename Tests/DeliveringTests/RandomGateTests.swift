import Model
import TestSupport
import Testing

@testable import Delivering

/// Random attempts on a gate and on a model of it that is too simple to be wrong.
@Suite struct RandomGateTests {
  /// A breaker and floors as SPEC section 6 has them, told by which attempt is which.
  private struct Simple {
    let after = 3
    let probe = Duration.seconds(30)
    let concurrency = 4
    var running: Set<Int> = []
    var failuresInARow = 0
    var isOpen = false
    var probing: Int?
    var lastFailure = Moment.start
    var floor = Moment.start
    var isPaused = false

    func admits(at now: Moment) -> HookGate.Admission {
      if isPaused || running.count >= concurrency || (isOpen && probing != nil) { return .blocked }
      let until = isOpen ? max(floor, lastFailure + probe) : floor
      return until > now ? .wait(until: until) : .go
    }

    mutating func begin(_ attempt: Int) {
      running.insert(attempt)
      if isOpen { probing = attempt }
    }

    /// Answers whether the breaker opened or closed.
    mutating func end(_ attempt: Int, _ outcome: Outcome?, at now: Moment) -> Bool {
      running.remove(attempt)
      let wasOpen = isOpen
      if case .delivered = outcome {
        failuresInARow = 0
        isOpen = false
        probing = nil
        return wasOpen
      }
      if probing == attempt {
        probing = nil
        lastFailure = now
      }
      switch outcome {
      case .retry(_, let wait):
        if let wait { floor = max(floor, now + wait) }
        if wasOpen { return false }
        failuresInARow += 1
        isOpen = failuresInARow >= after
        if isOpen { lastFailure = now }
        return isOpen
      case .gone:
        isPaused = true
        return false
      case .dead, .delivered, nil: return false
      }
    }

    mutating func resume() {
      failuresInARow = 0
      isOpen = false
      probing = nil
      floor = .start
      isPaused = false
    }
  }

  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func theGateIsTheModel(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var simple = Simple()
    var gate = HookGate(
      rules: DeliveryRules(
        retry: .webhook, concurrency: simple.concurrency,
        breaker: BreakerRules(after: simple.after, probe: simple.probe)),
      state: HookState())
    var passes: [Int: HookGate.Pass] = [:]
    var now = Moment.start
    var news: [HookGate.News] = []
    for step in 0..<5000 {
      switch Int.random(in: 0..<10, using: &random) {
      case 0..<4:
        guard gate.admits(at: now) == .go else { break }
        passes[step] = gate.begin(at: now)
        simple.begin(step)
      case 4..<8:
        guard let attempt = passes.keys.sorted().randomElement(using: &random) else { break }
        let pass = passes.removeValue(forKey: attempt)!
        let outcome = Self.outcome(using: &random)
        let changed = simple.end(attempt, outcome, at: now)
        guard let outcome else {
          gate.abandon(pass, at: now)
          break
        }
        let told = gate.end(AttemptReport(outcome), pass, at: now)
        #expect(changed == told.contains { $0 == .breakerOpened || $0 == .breakerClosed }, "step \(step)")
        news += told
      case 8:
        now = now + .milliseconds(Int.random(in: 0..<40_000, using: &random))
      default:
        guard simple.isPaused || Int.random(in: 0..<50, using: &random) == 0 else { break }
        simple.resume()
        gate.resume()
      }
      let expected = simple.admits(at: now)
      guard gate.admits(at: now) == expected else {
        Issue.record("step \(step): \(gate.admits(at: now)), not \(expected)")
        return
      }
    }
    // Others are told of trouble first. An up follows a down; a second down only comes with a 410.
    let told = news.compactMap { news -> Bool? in
      switch news {
      case .down: true
      case .up: false
      default: nil
      }
    }
    #expect(told.count > 20)
    #expect(told.first == true && zip(told, told.dropFirst()).allSatisfy { $0 || $1 })
    let pauses = news.count { if case .paused = $0 { true } else { false } }
    #expect(zip(told, told.dropFirst()).count { $0 && $1 } <= pauses)
  }

  /// Nil for one that is broken off.
  private static func outcome(using random: inout SeededRandom) -> Outcome? {
    switch Int.random(in: 0..<20, using: &random) {
    case 0..<4: .delivered
    case 4..<15: .retry(reason: "500")
    case 15: .retry(reason: "429", after: .seconds(Int.random(in: 1..<90, using: &random)))
    case 16, 17: .dead(reason: "400")
    case 18: nil
    default: Int.random(in: 0..<4, using: &random) == 0 ? .gone(reason: "410") : .delivered
    }
  }
}
