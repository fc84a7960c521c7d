import Hooks
import Model

/// Events as they could come, for `check` and `test`.
enum SampleEvents {
  /// One of every type, in the order of the documentation, as a source of that name would tell it.
  static func all(source: String) -> [Event] {
    EventType.all.map { event($0, source: source) }
  }

  /// The one that shows best what a hook does: a success where it fires on that, else the first that it fires on,
  /// else one that its `on` names.
  static func fitting(
    _ rule: HookRule, sources: [String], timestamp: Timestamp = usualTime, labels: [String: String] = [:]
  ) -> Event {
    let samples = sources.flatMap { source in
      EventType.all.map { event($0, source: source, timestamp: timestamp, labels: labels) }
    }
    let fitting = samples.filter(rule.fits)
    return fitting.first { $0.type == .task(.succeeded) } ?? fitting.first
      ?? samples.first { event in rule.on.contains { $0.fits(event) } } ?? samples[0]
  }

  /// That of the documentation's example.
  private static let usualTime = Timestamp(milliseconds: 1_777_639_667_351)

  /// What the watcher's own events say.
  static let reason = "a sample"

  static func event(
    _ type: EventType, source: String, timestamp: Timestamp = usualTime,
    labels: [String: String] = [:]
  ) -> Event {
    var event = plain(type, source: source, timestamp: timestamp)
    event.labels = labels
    event.watchedSince = Timestamp(milliseconds: timestamp.milliseconds - 92_000)
    return event
  }

  /// Many events in one message.
  static func digest(of hook: String, _ events: [Event]) -> Digest {
    Digest(hook: hook, events: events, named: 5)
  }

  private static func plain(_ type: EventType, source: String, timestamp: Timestamp) -> Event {
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
        task: Array(body(id, .running, "RUNNING").utf8), reason: reason)
    case .saved, .saveFailed:
      let url = "https://example.com/output.mp4"
      return Event(
        type: type, source: source, taskID: id, sequence: 4, timestamp: timestamp, status: "SUCCEEDED",
        state: .succeeded, previousStatus: "SUCCEEDED", previousState: .succeeded,
        task: Array(body(id, .succeeded, "SUCCEEDED").utf8), reason: type == .saveFailed ? reason : nil,
        files: type == .saveFailed
          ? []
          : [
            SavedFile(
              url: url, path: "/srv/videos/\(id)/0.mp4", bytes: 4_194_304,
              sha256: "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
              contentType: "video/mp4")
          ])
    case .sourceDown, .sourceUp:
      return Event(
        type: type, source: source, taskID: nil, sequence: 1, timestamp: timestamp, reason: reason)
    case .hookDown, .hookUp, .deliveryDead:
      return Event(
        type: type, source: "", hook: "another", taskID: nil, sequence: 1, timestamp: timestamp,
        reason: reason)
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
