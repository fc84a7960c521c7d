import Model
import TestSupport
import Testing

@testable import Hooks

@Suite struct CloudEventTests {
  private func attributes(_ event: CloudEvent) -> [String: String] {
    Dictionary(uniqueKeysWithValues: event.attributes.map { ($0.name, $0.value) })
  }

  @Test func aTransition() {
    let event = CloudEvent(sampleAttempt())
    #expect(
      attributes(event) == [
        "specversion": "1.0", "id": sampleEvent().id, "source": "/taskhook/runway",
        "type": "taskhook.task.succeeded", "subject": "d0658ae1", "time": "2026-05-01T12:47:47.351Z",
      ])
  }

  @Test func structured() throws {
    let bytes = CloudEvent(sampleAttempt()).structured
    let root = try JSONDocument(bytes).root
    #expect(
      root.members.map(\.key) == [
        "specversion", "id", "source", "type", "subject", "time", "datacontenttype", "data",
      ])
    #expect(root["datacontenttype"]?.string == "application/json")
    // The data are the event's, and the task in them is left byte for byte.
    let event = try JSONDocument(EventBody.event.render(.event(sampleEvent()))).root
    #expect(root["data"].map { Array($0.bytes) } == event["data"].map { Array($0.bytes) })
    #expect(String(decoding: bytes, as: UTF8.self).contains("\"task\":" + sampleTask))
  }

  @Test func binary() throws {
    let event = CloudEvent(
      sampleAttempt(sampleEvent(source: "my source/é", id: "a \"b\" 100% é\u{1F3AC}\u{7F}~!#[]")))
    let headers = Dictionary(uniqueKeysWithValues: event.headers.map { ($0.name, $0.value) })
    #expect(headers["ce-specversion"] == "1.0" && headers["ce-type"] == "taskhook.task.succeeded")
    // The source is a URI reference, percent-encoded as such; then its percent signs as the binding asks.
    #expect(headers["ce-source"] == "/taskhook/my%2520source%252F%25C3%25A9")
    #expect(headers["ce-subject"] == "a%20%22b%22%20100%25%20%C3%A9%F0%9F%8E%AC%7F~!#[]")
    #expect(headers.keys.allSatisfy { $0.allSatisfy { $0 == "-" || $0.isLowercase } })
    #expect(try JSONDocument(event.data).root["source"]?.string == "my source/é")
  }

  @Test func whatIsNoTasks() {
    let source = attributes(
      CloudEvent(sampleAttempt(sampleEvent(.sourceDown, status: nil, state: nil, id: nil, task: nil))))
    #expect(source["subject"] == nil && source["source"] == "/taskhook/runway")
    let event = Event(
      type: .hookDown, source: "", hook: "pipe/line", taskID: nil, sequence: 1, timestamp: sampleTime,
      reason: "x")
    let hook = attributes(CloudEvent(sampleAttempt(event)))
    #expect(hook["source"] == "/taskhook/hooks/pipe%2Fline" && hook["type"] == "taskhook.hook.down")
    #expect(hook["id"] == event.id)
  }

  @Test func aDigest() throws {
    let digest = Digest(
      hook: "alert", counts: [.init(.task(.failed), 7)], first: [sampleEvent()], from: sampleTime,
      to: Timestamp(milliseconds: sampleTime.milliseconds + 1000))
    let event = CloudEvent(Attempt(delivery: "msg_1", message: .digest(digest), number: 1))
    #expect(
      attributes(event) == [
        "specversion": "1.0", "id": "msg_1", "source": "/taskhook/hooks/alert", "type": "taskhook.digest",
        "time": "2026-05-01T12:47:48.351Z",
      ])
    #expect(try JSONDocument(event.data).root["count"]?.number == 7)
  }
}
