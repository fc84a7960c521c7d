import Model
import TestSupport
import Testing

@testable import Delivering

@Suite struct OutboxTests {
  static func delivery(_ row: Int64, bytes: Int = 2, tries: Int = 0) -> ClaimedDelivery {
    ClaimedDelivery(
      row: row, id: "msg_\(row)",
      event: Event(
        type: .task(.failed), source: "s", taskID: "t\(row)", sequence: 1,
        timestamp: Timestamp(milliseconds: 1000 + row), task: [UInt8](repeating: 0x20, count: bytes)),
      attempts: tries, tries: tries)
  }

  /// Reserves 24.
  private static func outbox() -> Outbox {
    Outbox(hook: "h", rules: DeliveryRules(retry: .webhook, concurrency: 1))
  }

  /// What the outbox does until it rests, where the gate lets everything through.
  private static func steps(_ outbox: inout Outbox, at now: Moment = .start) -> [String] {
    var steps: [String] = []
    while steps.count < 1000 {
      switch outbox.next(at: now, .go) {
      case .send(let parcel): steps.append("send \(parcel.deliveries[0].row)")
      case .claim(let order): steps.append("claim \(order.limit)")
      case .wait(let moment): return steps + ["wait \((moment - .start).seconds)"]
      case .rest: return steps
      }
    }
    return steps
  }

  private static func order(_ outbox: inout Outbox) throws -> Outbox.Order {
    guard case .claim(let order) = outbox.next(at: .start, .go) else {
      throw StoreError(.fault, "nothing is claimed")
    }
    return order
  }

  @Test func itAsksThenSendsThenSleeps() throws {
    var outbox = Self.outbox()
    #expect(!outbox.isIdle)
    let order = try Self.order(&outbox)
    #expect(
      order == Outbox.Order(purpose: .single, limit: 24, bodies: .all(bytes: Outbox.bytes), held: []))
    #expect(Self.steps(&outbox) == [])
    outbox.take(
      Claim(deliveries: [Self.delivery(1), Self.delivery(2)], nextDue: .start + .seconds(9)), of: order)
    #expect(Self.steps(&outbox) == ["send 1", "send 2", "wait 9.0"])
    outbox.release(1)
    outbox.release(2)
    #expect(outbox.isIdle)
    #expect(Self.steps(&outbox, at: .start + .seconds(9)) == ["claim 24"])
  }

  @Test func itAsksForMoreBeforeItRunsOut() throws {
    var outbox = Self.outbox()
    let order = try Self.order(&outbox)
    outbox.take(Claim(deliveries: (1...24).map { Self.delivery($0) }, nextDue: .start), of: order)
    #expect(
      Self.steps(&outbox) == (1...12).map { "send \($0)" } + ["claim 24"] + (13...24).map { "send \($0)" })
  }

  @Test func whatIsKnownIsNotTakenTwice() throws {
    var outbox = Self.outbox()
    var order = try Self.order(&outbox)
    outbox.take(Claim(deliveries: [Self.delivery(1)], nextDue: nil), of: order)
    outbox.mayHaveNew()
    order = try Self.order(&outbox)
    #expect(order.held == [1])
    outbox.take(Claim(deliveries: [Self.delivery(1), Self.delivery(2)], nextDue: nil), of: order)
    #expect(Self.steps(&outbox) == ["send 1", "send 2"])
  }

  @Test func whatIsToldDuringAClaimLeadsToAnother() throws {
    var outbox = Self.outbox()
    let order = try Self.order(&outbox)
    outbox.mayHaveNew()
    outbox.take(Claim(deliveries: [], nextDue: nil), of: order)
    #expect(Self.steps(&outbox) == ["claim 24"])
  }

  @Test func settlementsThatDoNotGetWrittenHoldTheRest() throws {
    var outbox = Self.outbox()
    var sent = 0
    // The store hands out, and nothing is ever settled.
    while sent < 2 * Outbox.unsettled {
      switch outbox.next(at: .start, .go) {
      case .claim(let order):
        let first = Int64(order.held.count)
        outbox.take(
          Claim(deliveries: (first..<first + 24).map { Self.delivery($0) }, nextDue: .start), of: order)
      case .send: sent += 1
      case .wait, .rest:
        #expect(sent == Outbox.unsettled)
        outbox.release(0)
        guard case .send = outbox.next(at: .start, .go) else {
          Issue.record("a settlement makes room")
          return
        }
        return
      }
    }
    Issue.record("\(sent) are sent and not settled")
  }

  @Test func taskObjectsAreBoundedToo() throws {
    var outbox = Self.outbox()
    var order = try Self.order(&outbox)
    let large = (1...3).map { Self.delivery($0, bytes: 3 << 20) }
    outbox.take(Claim(deliveries: [large[0], large[1]], due: 3, nextDue: .start), of: order)
    order = try Self.order(&outbox)
    #expect(order.bodies == .all(bytes: 2 << 20))
    outbox.take(Claim(deliveries: [large[2]], due: 1, nextDue: nil), of: order)
    outbox.mayHaveNew()
    guard case .send = outbox.next(at: .start, .go) else {
      Issue.record("there is no room for more")
      return
    }
    order = try Self.order(&outbox)
    #expect(order.bodies == .all(bytes: 2 << 20))
  }

  @Test func theGateDecides() throws {
    var outbox = Self.outbox()
    func isRest(_ step: Outbox.Step) -> Bool { if case .rest = step { true } else { false } }
    #expect(isRest(outbox.next(at: .start, .blocked)))
    guard case .wait(let moment) = outbox.next(at: .start, .wait(until: .start + .seconds(5))) else {
      Issue.record("it does not wait")
      return
    }
    #expect(moment == .start + .seconds(5))
    let order = try Self.order(&outbox)
    outbox.take(Claim(deliveries: [], nextDue: .start + .seconds(2)), of: order)
    guard case .wait(let due) = outbox.next(at: .start, .wait(until: .start + .seconds(5))) else {
      Issue.record("it does not wait")
      return
    }
    #expect(due == .start + .seconds(2), "then it knows what there is to wait for")
  }

  @Test func aStoreThatCannotBeReadIsAskedAgain() throws {
    var outbox = Self.outbox()
    _ = try Self.order(&outbox)
    outbox.mayHaveNew()
    outbox.claimFailed(until: .start + .seconds(1))
    #expect(Self.steps(&outbox) == ["wait 1.0"])
    #expect(Self.steps(&outbox, at: .start + .seconds(1)) == ["claim 24"])
  }

  @Test func itIsSpentOnceOnlyNewsBringsMore() throws {
    var outbox = Self.outbox()
    #expect(!outbox.isSpent)
    var order = try Self.order(&outbox)
    #expect(!outbox.isSpent)
    outbox.take(Claim(deliveries: [Self.delivery(1)], nextDue: .start + .seconds(9)), of: order)
    #expect(Self.steps(&outbox) == ["send 1", "wait 9.0"])
    outbox.release(1)
    #expect(outbox.isIdle && !outbox.isSpent, "one is due later")
    guard case .claim(let next) = outbox.next(at: .start + .seconds(9), .go) else {
      throw StoreError(.fault, "nothing is claimed")
    }
    order = next
    outbox.take(Claim(deliveries: [], nextDue: nil), of: order)
    #expect(outbox.isSpent)
    outbox.mayHaveNew()
    #expect(!outbox.isSpent)
  }
}
