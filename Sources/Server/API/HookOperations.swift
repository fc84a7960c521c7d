import Model

/// `/v1/hooks`
enum HookOperations {
  static let all = [list, test, resume]

  static let list = Operation(
    method: .get, path: "/v1/hooks", id: "listHooks", summary: "All hooks as they stand.",
    outcomes: [
      .json(200, "The hooks.", .object([Schema.Member("hooks", .array(.ref("Hook")))]))
    ]
  ) { _, api in
    let hooks = await api.control.hooks()
    let backlogs = Dictionary(
      try await api.figures.counts().backlogs.map { ($0.hook, $0) }, uniquingKeysWith: { first, _ in first })
    return .object { json in
      json.key("hooks")
      json.array { json in for hook in hooks { StatusJSON.write(hook, backlogs[hook.name], to: &json) } }
    }
  }

  private static let place: [Operation.Parameter] = [.path("name", "The hook's name.")]

  static let test = Operation(
    method: .post, path: "/v1/hooks/{name}/test", id: "testHook",
    summary: "Send one sample event through a hook now. Nothing of it is recorded.", parameters: place,
    outcomes: [
      .json(
        200, "What came of it.",
        .object([
          Schema.Member("outcome", .words(AttemptOutcome.allCases.map(\.rawValue))),
          Schema.Member("reason", .nullable(.text)), Schema.Member("code", .nullable(.integer())),
          Schema.Member("detail", .text, "What came back."),
          Schema.Member("duration_ms", .integer(0 ... .max)),
        ])), .problem(404, "There is no such hook."),
    ]
  ) { call, api in
    try await api.require(hook: call.arguments[0])
    let begin = api.time.now
    let report = try await api.control.test(hook: call.arguments[0])
    let duration = api.time.now - begin
    let (outcome, reason) = words(report.outcome)
    return .object { json in
      json.member("outcome", outcome.rawValue)
      json.member("reason", reason)
      json.member("code", report.code)
      json.member("detail", report.detail)
      json.member("duration_ms", Int(duration.milliseconds))
    }
  }

  private static func words(_ outcome: Outcome) -> (AttemptOutcome, String?) {
    switch outcome {
    case .delivered: (.delivered, nil)
    case .retry(let reason, _): (.retry, reason)
    case .dead(let reason): (.dead, reason)
    case .gone(let reason): (.gone, reason)
    }
  }

  static let resume = Operation(
    method: .post, path: "/v1/hooks/{name}/resume", id: "resumeHook",
    summary: "Take the pause off a hook, and a wait that its receiver asked for.", parameters: place,
    outcomes: [
      .json(
        200, "It is not held.",
        .object([Schema.Member("held", .bool, "Whether it was.")])),
      .problem(404, "There is no such hook."),
    ]
  ) { call, api in
    try await api.require(hook: call.arguments[0])
    let held = try await api.control.resume(hook: call.arguments[0])
    return .object { $0.member("held", held) }
  }
}
