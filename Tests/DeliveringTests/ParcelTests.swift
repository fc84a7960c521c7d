import Model
import TestSupport
import Testing

@testable import Delivering

@Suite struct ParcelTests {
  private static let events = HookEvents(hook: "chat", router: FixedRouter(["log"]))

  private static func delivery(_ row: Int64, _ type: EventType = .task(.failed), tries: Int = 0)
    -> ClaimedDelivery
  {
    var delivery = OutboxTests.delivery(row, tries: tries)
    delivery.event.type = type
    return delivery
  }

  private static func entries(
    _ parcel: Parcel, _ outcome: Outcome, detail: String = "", policy: RetryPolicy = .schedule([.seconds(10)])
  ) -> [Ledger.Entry] {
    var random = SeededRandom(seed: 1)
    let ended = Ended(
      report: AttemptReport(outcome, code: 200, detail: detail), begun: .start, ended: .start + .seconds(2),
      at: .start)
    return parcel.entries(ended, policy: policy, events: events, using: &random)
  }

  @Test func oneAloneIsAnEvent() {
    let parcel = Parcel(Self.delivery(7, tries: 2))
    #expect(!parcel.isDigest && parcel.attempt.delivery == "msg_7" && parcel.attempt.number == 3)
    let entry = Self.entries(parcel, .delivered, detail: "ok")[0]
    #expect(entry.settlement.row == 7 && entry.settlement.hook == "chat")
    #expect(
      entry.settlement.attempt
        == AttemptRecord(number: 3, at: .start, duration: .seconds(2), error: nil, code: 200, detail: "ok"))
    #expect(entry.delivery.event.task == nil, "what is written needs no task object")
  }

  @Test func aDigestTellsHowManyOfWhat() {
    let types: [EventType] = [
      .task(.succeeded), .task(.failed), .task(.failed), .lost, .task(.succeeded), .task(.failed), .stalled,
    ]
    let deliveries = types.enumerated().map { Self.delivery(Int64($0.offset), $0.element) }
    let parcel = Parcel(digest: deliveries, of: "chat")
    guard case .digest(let digest) = parcel.attempt.message else {
      Issue.record("it is no digest")
      return
    }
    #expect(digest.hook == "chat" && digest.count == 7)
    #expect(
      digest.counts == [
        Digest.Count(.task(.failed), 3), Digest.Count(.task(.succeeded), 2), Digest.Count(.lost, 1),
        Digest.Count(.stalled, 1),
      ])
    #expect(digest.first == deliveries.prefix(5).map(\.event))
    #expect(digest.from == Timestamp(milliseconds: 1000) && digest.to == Timestamp(milliseconds: 1006))
  }

  @Test func theSameDeliveriesHaveTheSameId() {
    let deliveries = (1...20).map { Self.delivery($0, tries: $0 == 9 ? 4 : 0) }
    let first = Parcel(digest: deliveries, of: "chat").attempt
    #expect(first.number == 5, "the highest of its deliveries, and one")
    #expect(Parcel(digest: deliveries.reversed(), of: "chat").attempt.delivery == first.delivery)
    #expect(Parcel(digest: Array(deliveries.dropLast()), of: "chat").attempt.delivery != first.delivery)
  }

  @Test func eachDeliveryHasItsOwnOutcome() {
    let deliveries = [0, 1, 0, 2, 1].enumerated().map { Self.delivery(Int64($0.offset), tries: $0.element) }
    let entries = Self.entries(
      Parcel(digest: deliveries, of: "chat"), .retry(reason: "503"),
      policy: .schedule([.seconds(10), .seconds(20)]))
    let results = entries.map(\.settlement.result)
    guard case .retry(let first) = results[0], case .retry(let second) = results[1] else {
      Issue.record("\(results)")
      return
    }
    #expect(results == [.retry(at: first), .retry(at: second), .retry(at: first), .dead, .retry(at: second)])
    #expect(first >= .start + .seconds(12) && second >= .start + .seconds(22))
    #expect(entries.map(\.settlement.attempt.number) == [1, 2, 1, 3, 2])
    #expect(entries.map(\.settlement.events.count) == [0, 0, 0, 1, 0])
    #expect(
      entries[3].settlement.events[0].event.reason
        == "msg_3, task.failed of s/t3: given up after 3 attempts; the last: 503")
  }

  @Test func whatCameBackIsKeptOnce() {
    let parcel = Parcel(digest: (1...3).map { Self.delivery($0) }, of: "chat")
    let name = "in the digest \(parcel.attempt.delivery) of 3 deliveries"
    #expect(
      Self.entries(parcel, .delivered, detail: "ok").map(\.settlement.attempt.detail)
        == [name + "\nok", name, name])
    #expect(Self.entries(parcel, .delivered).map(\.settlement.attempt.detail) == [name, name, name])
  }
}
