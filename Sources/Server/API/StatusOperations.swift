import Model

/// How the daemon stands: `/v1/sources`, `/v1/summary`, health and metrics.
enum StatusOperations {
  static let all = [sources, summary, health, readiness, metrics]

  static let sources = Operation(
    method: .get, path: "/v1/sources", id: "listSources", summary: "All sources as they stand.",
    outcomes: [
      .json(200, "The sources.", .object([Schema.Member("sources", .array(.ref("Source")))]))
    ]
  ) { _, api in
    let sources = await api.control.sources()
    return .object { json in
      json.key("sources")
      json.array { json in for source in sources { StatusJSON.write(source, to: &json) } }
    }
  }

  static let summary = Operation(
    method: .get, path: "/v1/summary", id: "summary", summary: "The whole at a glance.",
    outcomes: [
      .json(
        200, "Counts, and what is down.",
        .object([
          Schema.Member("version", .text), Schema.Member("started_at", .time),
          Schema.Member(
            "tasks",
            .object([
              Schema.Member("watched", .integer(0 ... .max)), Schema.Member("total", .integer(0 ... .max)),
              Schema.Member(
                "by_state", .map(.integer(0 ... .max)), "By state; `new` before the first sight."),
            ])),
          Schema.Member(
            "deliveries",
            .object([
              Schema.Member("open", .integer(0 ... .max)), Schema.Member("dead", .integer(0 ... .max)),
            ])),
          Schema.Member("sources_down", .array(.text)), Schema.Member("hooks_down", .array(.text)),
        ]))
    ]
  ) { _, api in
    let counts = try await api.figures.counts()
    let sources = await api.control.sources().filter { $0.down != nil }.map(\.name)
    let hooks = await api.control.hooks().filter { $0.state.down != nil }.map(\.name)
    return .object { json in
      json.member("version", Version.current)
      json.member("started_at", api.startedAt.iso8601)
      json.key("tasks")
      json.object { write(counts.tasks, to: &$0) }
      json.key("deliveries")
      json.object { json in
        json.member("open", counts.backlogs.reduce(0) { $0 + $1.open })
        json.member("dead", counts.backlogs.reduce(0) { $0 + $1.dead })
      }
      json.key("sources_down")
      json.array { json in for name in sources { json.string(name) } }
      json.key("hooks_down")
      json.array { json in for name in hooks { json.string(name) } }
    }
  }

  private static func write(_ counts: [TaskCount], to json: inout JSONWriter) {
    json.member("watched", counts.filter(\.isWatched).reduce(0) { $0 + $1.count })
    json.member("total", counts.reduce(0) { $0 + $1.count })
    json.key("by_state")
    json.object { json in
      for state in [nil] + TaskState.allCases.map(Optional.some) {
        let count = counts.filter { $0.state == state }.reduce(0) { $0 + $1.count }
        json.member(state?.rawValue ?? "new", count)
      }
    }
  }

  static let health = Operation(
    method: .get, path: "/healthz", id: "health", summary: "Whether the process serves.",
    outcomes: [Operation.Outcome(status: 200, doc: "`ok`", content: [("text/plain", .text)])], isOpen: true
  ) { _, _ in
    Answer(200, headers: [.contentType: "text/plain; charset=utf-8"], content: .bytes(Array("ok\n".utf8)))
  }

  private static let ready = Schema.object([
    Schema.Member("ready", .bool),
    Schema.Member(
      "polling", .nullable(.text), "Why the poll loop does not get on; only for callers with the token.",
      optional: true),
    Schema.Member(
      "store", .nullable(.text), "Why the state cannot be written; only for callers with the token.",
      optional: true),
  ])

  static let readiness = Operation(
    method: .get, path: "/readyz", id: "readiness", summary: "Whether the daemon does its work.",
    outcomes: [.json(200, "It does.", ready), .json(503, "It does not.", ready)], isOpen: true
  ) { call, api in
    let health = await api.control.health()
    return .object(health.isFine ? 200 : 503) { json in
      json.member("ready", health.isFine)
      guard call.isTrusted else { return }
      json.member("polling", health.polling)
      json.member("store", health.store)
    }
  }

  static let metrics = Operation(
    method: .get, path: "/metrics", id: "metrics", summary: "Metrics in Prometheus' text format.",
    outcomes: [Operation.Outcome(status: 200, doc: "The metrics.", content: [("text/plain", .text)])]
  ) { _, api in
    let counts = try await api.figures.counts()
    let page = MetricsPage(
      metrics: api.metrics, sources: await api.control.sources(), hooks: await api.control.hooks(),
      counts: counts.tasks, backlogs: counts.backlogs, now: api.time.wall, process: ProcessFigures.read())
    return Answer(
      200, headers: [.contentType: Exposition.contentType], content: .bytes(Array(page.text.utf8)))
  }
}
