import Model
import TestSupport
import Testing

@testable import Delivering

@Suite struct HookEventsTests {
  private static let events = HookEvents(hook: "pipeline", router: FixedRouter(["alert", "pipeline", "log"]))

  private static func delivery(_ event: Event) -> ClaimedDelivery {
    ClaimedDelivery(row: 1, id: "msg_1", event: event, attempts: 0, tries: 0)
  }

  private static let failed = Event(
    type: .task(.failed), source: "runway", taskID: "t1", sequence: 1, timestamp: .start)

  @Test(
    arguments: [
      (.down(reason: "r"), .hookDown), (.up(reason: "r"), .hookUp), (.breakerOpened, nil),
      (.breakerClosed, nil), (.paused(reason: "r"), nil),
    ] as [(HookGate.News, EventType?)])
  func whatIsToldOfAHook(news: HookGate.News, type: EventType?) {
    let told = Self.events.event(of: news, at: .start)
    #expect(told?.event.type == type)
    guard let event = told?.event else { return }
    #expect(event.hook == "pipeline" && event.source.isEmpty && event.taskID == nil)
    #expect(event.reason == "r" && event.timestamp == .start)
  }

  @Test func noneGoesThroughTheHookItTellsOf() {
    #expect(Self.events.event(of: .down(reason: "r"), at: .start)?.hooks == ["alert", "log"])
    #expect(
      Self.events.death(of: Self.delivery(Self.failed), error: "e", at: .start)?.hooks == ["alert", "log"])
  }

  @Test func aDeathNamesItsDelivery() {
    func reason(_ event: Event) -> String? {
      Self.events.death(of: Self.delivery(event), error: "answered 400", at: .start)?.event.reason
    }
    #expect(reason(Self.failed) == "msg_1, task.failed of runway/t1: answered 400")
    var ofSource = Self.failed
    ofSource.type = .sourceDown
    ofSource.taskID = nil
    #expect(reason(ofSource) == "msg_1, source.down of runway: answered 400")
  }

  @Test(arguments: [EventType.hookDown, .hookUp, .deliveryDead])
  func whatTellsOfAHookDiesInSilence(type: EventType) {
    let event = Event(
      type: type, source: "", hook: "alert", taskID: nil, sequence: 1, timestamp: .start, reason: "r")
    #expect(Self.events.death(of: Self.delivery(event), error: "e", at: .start) == nil)
  }
}
