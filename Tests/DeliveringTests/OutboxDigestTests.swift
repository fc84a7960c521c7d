import Model
import TestSupport
import Testing

@testable import Delivering

@Suite struct OutboxDigestTests {
  /// An outbox with digests, and a store of deliveries that are due.
  private struct Bench {
    var outbox: Outbox
    var due: [ClaimedDelivery] = []
    var orders: [Outbox.Order] = []
    /// The rows of what is sent, in one text each: `1`, or `[1 2 3]` for a digest.
    var sent: [String] = []

    /// The rows in such texts.
    static func rows(_ texts: some Sequence<String>) -> [Int64] {
      texts.flatMap { $0.split { "[] ".contains($0) }.compactMap { Int64($0) } }
    }

    init(after: Int = 3, every: Duration = .seconds(30), concurrency: Int = 16) {
      outbox = Outbox(
        hook: "h",
        rules: DeliveryRules(
          retry: .webhook, concurrency: concurrency, digest: DigestRules(after: after, every: every)))
    }

    mutating func offer(_ rows: ClosedRange<Int64>, bytes: Int = 2) {
      due += rows.map { OutboxTests.delivery($0, bytes: bytes) }
      outbox.mayHaveNew()
    }

    /// Lets the outbox do what it wants for at most `steps`; answers until when it waits.
    mutating func run(at now: Moment = .start, steps: Int = 100) -> Moment? {
      for _ in 0..<steps {
        switch outbox.next(at: now, .go) {
        case .claim(let order):
          orders.append(order)
          outbox.take(serve(order, at: now), of: order)
        case .send(let parcel):
          let rows = parcel.deliveries.map { String($0.row) }.joined(separator: " ")
          sent.append(parcel.isDigest ? "[\(rows)]" : rows)
        case .wait(let moment): return moment
        case .rest: return nil
        }
      }
      return nil
    }

    mutating func settle(_ rows: ClosedRange<Int64>) {
      due.removeAll { rows.contains($0.row) }
      for row in rows { outbox.release(row) }
    }

    private func serve(_ order: Outbox.Order, at now: Moment) -> Claim {
      let open = due.filter { !order.held.contains($0.row) }
      let found = open.prefix(order.limit)
      var claim = Claim(deliveries: [], due: found.count, nextDue: open.count > found.count ? now : nil)
      var bytes = 0
      for delivery in found {
        bytes += delivery.event.task?.count ?? 0
        if case .all(let most) = order.bodies, bytes > most, !claim.deliveries.isEmpty {
          claim.nextDue = now
          break
        }
        claim.deliveries.append(delivery)
      }
      return claim
    }
  }

  @Test func fewGoOutOneByOne() {
    var bench = Bench()
    bench.offer(1...3)
    #expect(bench.run() == nil)
    #expect(bench.sent == ["1", "2", "3"])
    #expect(bench.orders.map(\.limit) == [4])
  }

  @Test func moreAreFoldedWithWhatWasClaimedAlready() {
    var bench = Bench()
    bench.offer(1...2)
    #expect(bench.run(steps: 2) == nil)
    #expect(bench.sent == ["1"], "2 is in hand")
    bench.offer(3...5)
    #expect(bench.run() == nil)
    #expect(bench.sent == ["1", "[2 3 4 5]"])
    #expect(bench.orders.map(\.purpose) == [.single, .single, .digest])
    #expect(bench.orders.map(\.limit) == [4, 3, 10_000])
    #expect(bench.orders.map(\.held) == [[], [1, 2], [1]], "2 is given back, 1 runs")
    #expect(bench.orders[2].bodies == .first(5))
  }

  @Test func theNextDigestWaitsItsTimeAndTakesAllThatCame() {
    var bench = Bench()
    bench.offer(1...10)
    #expect(bench.run() == nil)
    bench.settle(1...10)
    // Few in between go out at once.
    bench.offer(11...13)
    #expect(bench.run(at: .start + .seconds(5)) == nil)
    bench.settle(11...13)
    #expect(bench.sent == ["[1 2 3 4 5 6 7 8 9 10]", "11", "12", "13"])
    bench.offer(14...18)
    #expect(bench.run(at: .start + .seconds(10)) == .start + .seconds(30))
    #expect(!bench.outbox.isIdle)
    bench.offer(19...19)
    let orders = bench.orders.count
    #expect(bench.run(at: .start + .seconds(29)) == .start + .seconds(30))
    #expect(bench.orders.count == orders, "nothing is asked meanwhile")
    #expect(bench.run(at: .start + .seconds(30)) == nil)
    #expect(bench.sent.last == "[14 15 16 17 18 19]")
    bench.settle(14...19)
    bench.offer(20...30)
    #expect(bench.run(at: .start + .seconds(31)) == .start + .seconds(60))
  }

  @Test func oneDigestAtATime() {
    var bench = Bench(every: .seconds(1))
    bench.offer(1...5)
    #expect(bench.run() == nil)
    bench.offer(6...10)
    #expect(bench.run(at: .start + .seconds(5)) == nil)
    #expect(bench.sent == ["[1 2 3 4 5]"])
    bench.settle(1...4)
    // The store refuses to take the last: it does not hold digests for ever.
    bench.outbox.setAside(5)
    #expect(bench.run(at: .start + .seconds(5)) == nil)
    #expect(bench.sent == ["[1 2 3 4 5]", "[6 7 8 9 10]"])
  }

  @Test func manyAreFoldedInParts() {
    var bench = Bench()
    bench.offer(1...10_004)
    #expect(bench.run() == nil)
    bench.settle(1...10_000)
    #expect(bench.run(at: .start + .seconds(1)) == .start + .seconds(30))
    #expect(bench.run(at: .start + .seconds(30)) == nil)
    #expect(bench.sent.count == 2 && bench.sent[1] == "[10001 10002 10003 10004]")
  }

  @Test func allAreFoldedWhereNoneMayWait() {
    var bench = Bench(after: 0)
    bench.offer(1...1)
    #expect(bench.run() == nil)
    bench.settle(1...1)
    bench.offer(2...2)
    #expect(bench.run() == .start + .seconds(30))
    #expect(bench.run(at: .start + .seconds(30)) == nil)
    #expect(bench.sent == ["[1]", "[2]"])
  }

  @Test func whereSomeAreGoneTheOthersGoOutOneByOne() {
    var bench = Bench()
    bench.offer(1...5)
    #expect(bench.run(steps: 1) == nil)
    bench.due.removeFirst(3)
    #expect(bench.run() == nil)
    #expect(bench.sent == ["4", "5"])
    #expect(bench.orders.map(\.purpose) == [.single, .digest, .single])
  }

  @Test func largeTasksAreCountedNotRead() {
    var bench = Bench()
    bench.offer(1...3, bytes: Outbox.bytes)
    #expect(bench.run() == nil)
    #expect(bench.sent == ["1", "2", "3"])
    #expect(bench.orders.map(\.purpose).prefix(2) == [.single, .count])
    #expect(bench.orders[1].bodies == .first(0))
    bench.settle(1...3)
    bench.offer(4...7, bytes: Outbox.bytes)
    #expect(bench.run() == nil)
    #expect(bench.sent.last == "[4 5 6 7]", "one is in hand, three more are counted")
  }

  @Test func aStoreThatCannotBeReadIsNotAskedInALoop() {
    var bench = Bench()
    bench.offer(1...5)
    #expect(bench.run(steps: 1) == nil)
    guard case .claim = bench.outbox.next(at: .start, .go) else {
      Issue.record("no digest is gathered")
      return
    }
    bench.outbox.claimFailed(until: .start + .seconds(1))
    #expect(bench.run() == .start + .seconds(1))
    #expect(bench.run(at: .start + .seconds(1)) == nil)
    #expect(bench.sent == ["[1 2 3 4 5]"])
  }

  /// Deliveries come, attempts end and time passes at random: each goes out once, and digests keep their distance.
  @Test(arguments: 1...10 as ClosedRange<UInt64>)
  func eachGoesOutOnce(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var bench = Bench(after: Int.random(in: 0...5, using: &random), every: .seconds(5))
    var now = Moment.start
    var rows: Int64 = 0
    var begun: [Moment] = []
    var running: [Int64] = []
    for step in 0..<500 {
      switch Int.random(in: 0..<4, using: &random) {
      case 0 where step < 400:
        let more = Int64(Int.random(in: 1...(Bool.random(using: &random) ? 2 : 20), using: &random))
        bench.offer(rows + 1...rows + more)
        rows += more
      case 1:
        let isAll = Bool.random(using: &random)
        let ended = running.filter { _ in isAll || Bool.random(using: &random) }
        running.removeAll { ended.contains($0) }
        for row in ended { bench.settle(row...row) }
      case 2: now = now + .milliseconds(Int.random(in: 0..<1000, using: &random))
      default: break
      }
      let before = bench.sent.count
      _ = bench.run(at: now, steps: Int.random(in: 0...4, using: &random))
      begun += bench.sent[before...].filter { $0.hasPrefix("[") }.map { _ in now }
      running += Bench.rows(bench.sent[before...])
    }
    for _ in 0..<20 {
      for row in running { bench.settle(row...row) }
      now = now + .seconds(5)
      let before = bench.sent.count
      _ = bench.run(at: now)
      running = Bench.rows(bench.sent[before...])
    }
    #expect(Bench.rows(bench.sent).sorted() == Array(1...rows))
    #expect(begun.count > 5)
    for (one, next) in zip(begun, begun.dropFirst()) { #expect(next - one >= .seconds(5)) }
    #expect(bench.outbox.isIdle)
  }

  // MARK: Other rules

  private static func rules(_ digest: DigestRules?, concurrency: Int = 16) -> DeliveryRules {
    DeliveryRules(retry: .webhook, concurrency: concurrency, digest: digest)
  }

  @Test func whereDigestsAreTurnedOffWhatIsGatheredGoesOutOneByOne() {
    var bench = Bench()
    bench.offer(1...6)
    #expect(bench.run(steps: 2) == nil)
    #expect(bench.orders.map(\.purpose) == [.single, .digest] && bench.sent.isEmpty)
    bench.outbox.adopt(Self.rules(nil), at: .start)
    #expect(bench.run() == nil)
    #expect(bench.sent == ["1", "2", "3", "4", "5", "6"])
    bench.settle(1...6)
    #expect(bench.run() == nil)
    #expect(bench.outbox.isSpent)
  }

  @Test func aClaimForADigestThatIsNoneAnyMoreIsMadeAnew() {
    var bench = Bench()
    bench.offer(1...6)
    #expect(bench.run(steps: 1) == nil)
    guard case .claim(let order) = bench.outbox.next(at: .start, .go) else {
      Issue.record("nothing is claimed")
      return
    }
    #expect(order.purpose == .digest)
    bench.outbox.adopt(Self.rules(nil), at: .start)
    bench.outbox.take(Claim(deliveries: bench.due, nextDue: nil), of: order)
    #expect(bench.outbox.count == 0, "they came without their task objects")
    #expect(bench.run() == nil)
    #expect(bench.sent == ["1", "2", "3", "4", "5", "6"])
  }

  @Test func whereDigestsAreTurnedOnWhatIsClaimedIsFolded() {
    var bench = Bench()
    bench.outbox.adopt(Self.rules(nil), at: .start)
    bench.offer(1...9)
    #expect(bench.run(steps: 2) == nil)
    #expect(bench.sent == ["1"])
    bench.outbox.adopt(Self.rules(DigestRules(after: 3)), at: .start)
    #expect(bench.run() == nil)
    #expect(bench.sent == ["1", "[2 3 4 5 6 7 8 9]"])
  }

  @Test func moreMayGoOutOneByOneThanBefore() {
    var bench = Bench(after: 1)
    bench.offer(1...4)
    #expect(bench.run(steps: 1) == nil)
    bench.outbox.adopt(Self.rules(DigestRules(after: 5)), at: .start)
    #expect(bench.run() == nil)
    #expect(bench.sent == ["1", "2", "3", "4"])
  }

  @Test func theNextDigestNeedNotWaitLongerThanTheNewRulesSay() {
    var bench = Bench()
    bench.offer(1...5)
    #expect(bench.run() == nil)
    bench.settle(1...5)
    bench.offer(6...10)
    #expect(bench.run(at: .start + .seconds(1)) == .start + .seconds(30))
    bench.outbox.adopt(Self.rules(DigestRules(after: 3, every: .hours(1))), at: .start + .seconds(1))
    #expect(bench.run(at: .start + .seconds(1)) == .start + .seconds(30), "nor longer than the old ones")
    bench.outbox.adopt(Self.rules(DigestRules(after: 3, every: .seconds(4))), at: .start + .seconds(1))
    #expect(bench.run(at: .start + .seconds(1)) == .start + .seconds(5))
    #expect(bench.run(at: .start + .seconds(5)) == nil)
    #expect(bench.sent == ["[1 2 3 4 5]", "[6 7 8 9 10]"])
  }
}
