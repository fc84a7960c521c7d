import Model

/// What a poll is told of a task.
struct TaskAnswer {
  let id: String
  let task: SimulatedTask
  let phase: Phase
  /// Of its output files, fresh.
  let output: [String]
  let surface: Route.Surface

  /// The task itself (runwayml 5.24.0 and CometAPI's page "Get a Runway task").
  func write(_ writer: inout JSONWriter) {
    writer.object { writer in
      writer.key("id")
      writer.string(id)
      writer.key("status")
      writer.string(phase.status)
      writer.key("createdAt")
      writer.string(task.createdAt.iso8601)
      switch phase {
      case .running(let progress):
        writer.key("progress")
        writer.number(progress)
      case .succeeded:
        writer.key("output")
        writer.array { writer in for url in output { writer.string(url) } }
      case .failed(let failure):
        writer.key("failure")
        writer.string(failure.text)
        if let code = failure.code {
          writer.key("failureCode")
          writer.string(code)
        }
      case .pending, .throttled, .cancelled: break
      }
      if surface == .runway { cost(&writer) }
    }
  }

  /// The task inside a gateway's record of it (new-api, dto/task.go).
  func writeEnvelope(_ writer: inout JSONWriter) {
    let seconds = Int(task.createdAt.milliseconds / 1000)
    writer.object { writer in
      writer.key("code")
      writer.string("success")
      writer.key("message")
      writer.string("")
      writer.key("data")
      writer.object { writer in
        writer.key("task_id")
        writer.string(id)
        writer.key("platform")
        writer.string("runwayml")
        writer.key("status")
        writer.string(gatewayStatus)
        writer.key("fail_reason")
        writer.string(failReason)
        writer.key("submit_time")
        writer.number(seconds)
        writer.key("progress")
        writer.string(gatewayProgress)
        writer.key("data")
        write(&writer)
      }
    }
  }

  private func cost(_ writer: inout JSONWriter) {
    // Failed and cancelled tasks are refunded.
    let credits =
      switch phase {
      case .failed, .cancelled: 0
      case .pending, .throttled, .running, .succeeded: Self.credits
      }
    writer.key(phase.hasEnded ? "cost" : "estimatedCost")
    writer.object { writer in
      writer.key("credits")
      writer.number(credits)
    }
  }

  static let credits = 25

  /// The words of new-api's model/task.go. It has none for a cancelled task: Runway's own is passed on.
  private var gatewayStatus: String {
    switch phase {
    case .pending: "SUBMITTED"
    case .throttled: "QUEUED"
    case .running: "IN_PROGRESS"
    case .succeeded: "SUCCESS"
    case .failed: "FAILURE"
    case .cancelled: "CANCELLED"
    }
  }

  /// Some gateways put the first URL of a success here; half of these tasks show it.
  private var failReason: String {
    switch phase {
    case .failed(let failure): failure.text
    case .succeeded: task.lifecycle.step < 0.05 ? output.first ?? "" : ""
    case .pending, .throttled, .running, .cancelled: ""
    }
  }

  private var gatewayProgress: String {
    switch phase {
    case .pending, .throttled: "0%"
    case .running(let progress): "\(Int((progress * 100).rounded()))%"
    case .succeeded, .failed, .cancelled: "100%"
    }
  }
}
