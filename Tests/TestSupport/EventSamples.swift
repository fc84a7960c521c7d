import Model

/// 2026-05-01T12:47:47.351Z
package let sampleTime = Timestamp(milliseconds: 1_777_639_667_351)

package let sampleTask = #"{"id":"d0658ae1","status":"SUCCEEDED","output":["https://x/1.mp4"],"n": 1.50}"#

package func sampleEvent(
  _ type: EventType = .task(.succeeded), status: String? = "SUCCEEDED", state: TaskState? = .succeeded,
  previous: String? = "RUNNING", previousState: TaskState? = .running, progress: Double? = nil,
  previousProgress: Double? = nil, source: String = "runway", id: String? = "d0658ae1",
  labels: [String: String] = [:], task: String? = sampleTask, reason: String? = nil,
  watchedSince: Timestamp? = nil
) -> Event {
  Event(
    type: type, source: source, taskID: id, sequence: 3, timestamp: sampleTime, status: status, state: state,
    previousStatus: previous, previousState: previousState, progress: progress,
    previousProgress: previousProgress, labels: labels, task: task.map { Array($0.utf8) }, reason: reason,
    watchedSince: watchedSince)
}

package func sampleAttempt(_ event: Event = sampleEvent(), number: Int = 1) -> Attempt {
  Attempt(delivery: Identity.delivery(event: event.id, hook: "hook"), event: event, number: number)
}
