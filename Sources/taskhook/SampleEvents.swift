import Hooks
import Model

/// Events as they could come, for `check`.
enum SampleEvents {
  /// One of every type, in the order of the documentation, as a source of that name would tell it.
  static func all(source: String) -> [Event] {
    EventType.all.map { event($0, source: source) }
  }

  static func event(_ type: EventType, source: String) -> Event {
    let timestamp = Timestamp(milliseconds: 1_777_639_667_351)
    let id = "d0658ae1-1f5a-4c2e-9d2f-3a53c1b8a0b7"
    switch type {
    case .task(let state):
      let status = word(state)
      return Event(
        type: type, source: source, taskID: id, sequence: 3, timestamp: timestamp, status: status,
        state: state, previousStatus: "RUNNING", previousState: .running, progress: nil,
        task: Array(body(id, state, status).utf8))
    case .progress:
      return Event(
        type: type, source: source, taskID: id, sequence: 3, timestamp: timestamp, status: "RUNNING",
        state: .running, previousStatus: "RUNNING", previousState: .running, progress: 0.99,
        previousProgress: 0, task: Array(body(id, .running, "RUNNING").utf8))
    case .notFound:
      return Event(
        type: type, source: source, taskID: id, sequence: 1, timestamp: timestamp,
        reason: "the API did not know the id for 60s after watching began")
    case .lost, .stalled, .timedOut:
      return Event(
        type: type, source: source, taskID: id, sequence: 3, timestamp: timestamp, status: "RUNNING",
        state: .running, previousStatus: "RUNNING", previousState: .running,
        task: Array(body(id, .running, "RUNNING").utf8), reason: "a sample")
    case .sourceDown, .sourceUp:
      return Event(
        type: type, source: source, taskID: nil, sequence: 1, timestamp: timestamp, reason: "a sample")
    case .hookDown, .hookUp, .deliveryDead:
      return Event(
        type: type, source: "", hook: "another", taskID: nil, sequence: 1, timestamp: timestamp,
        reason: "a sample")
    }
  }

  private static func word(_ state: TaskState) -> String {
    state == .unknown ? "ARCHIVING" : state.rawValue.uppercased()
  }

  private static func body(_ id: String, _ state: TaskState, _ status: String) -> String {
    let rest =
      switch state {
      case .succeeded: #","output":["https://example.com/output.mp4"]"#
      case .failed: #","failure":"The input was refused.","failureCode":"SAFETY.INPUT.TEXT""#
      case .running: #","progress":0.99"#
      default: ""
      }
    return #"{"id":"\#(id)","status":"\#(status)","createdAt":"2026-05-01T12:46:17.000Z"\#(rest)}"#
  }
}
