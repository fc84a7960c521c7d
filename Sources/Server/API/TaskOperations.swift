import Model

/// `/v1/tasks`
enum TaskOperations {
  static let all = [add, list, show, remove]

  static let add = Operation(
    method: .post, path: "/v1/tasks", id: "addTasks", summary: "Have tasks watched.",
    body: Operation.Body(
      schema: .oneOf([.ref("NewTask"), .array(.ref("NewTask"), most: NewTasks.most)]),
      doc: "One task, or several: a list, or one a line. All of them are taken, or none.", takesLines: true),
    outcomes: [
      .json(201, "The task, or at least one of them, was not watched before.", registered),
      .json(200, "Known already; those that have ended stay so without `again`.", registered),
    ]
  ) { call, api in
    let wanted = try await NewTasks(call, control: api.control)
    var added = 0
    var records: [TaskRecord] = []
    for registration in try await api.control.add(wanted.tasks) {
      switch registration {
      case .added(let record):
        added += 1
        records.append(record)
      case .known(let record): records.append(record)
      }
    }
    let tasks = await api.control.live(records)
    let status = added > 0 ? 201 : 200
    if wanted.isSingle, let task = tasks.first {
      return .json(status) { TaskJSON.write(task, to: &$0) }
    }
    return .object(status) { json in
      json.key("tasks")
      json.array { json in for task in tasks { TaskJSON.write(task, to: &json) } }
      json.member("added", added)
      json.member("known", records.count - added)
    }
  }

  private static let registered = Schema.oneOf([
    .ref("Task"),
    .object([
      Schema.Member("tasks", .array(.ref("Task"))), Schema.Member("added", .integer(0 ... .max)),
      Schema.Member("known", .integer(0 ... .max)),
    ]),
  ])

  static let list = Operation(
    method: .get, path: "/v1/tasks", id: "listTasks",
    summary: "List tasks. `label.NAME=VALUE`, any number of times, asks for those with these labels.",
    parameters: [
      .query("source", .text, "Of this source."),
      .list("state", Schemas.states, "In this state; may be given again."),
      .query("watched", .words(["true", "false"]), "true: only those that are watched still."),
      .query("q", .text, "With this in the id, the status or a label's value."),
    ] + Paging.parameters, prefixes: ["label."],
    outcomes: [.json(200, "A page of tasks.", Schemas.page("tasks", of: "Task"))]
  ) { call, api in
    let paging = try Paging(call.query)
    let states = try call.query.words("state", TaskState.self)
    var labels: [String: String] = [:]
    for (name, value) in call.query.pairs where name.hasPrefix("label.") {
      labels[String(name.dropFirst("label.".count))] = value
    }
    let query = TaskQuery(
      source: try call.query.one("source"), states: states.isEmpty ? nil : states,
      watchedOnly: try call.query.flag("watched") ?? false, search: try call.query.one("q"), labels: labels,
      after: paging.after, newestFirst: paging.newestFirst, limit: paging.asked)
    let (page, next) = paging.page(try await api.store.tasks(query)) { $0.row }
    let tasks = await api.control.live(page)
    return .object { json in
      json.key("tasks")
      json.array { json in for task in tasks { TaskJSON.write(task, to: &json) } }
      json.member("next", next)
    }
  }

  private static let place: [Operation.Parameter] = [
    .path("source", "The task's source."), .path("id", "The task's id, percent-encoded."),
  ]

  static let show = Operation(
    method: .get, path: "/v1/tasks/{source}/{id}", id: "showTask",
    summary: "One task, its history and deliveries.", parameters: place,
    outcomes: [.json(200, "The task.", .ref("TaskDetail")), .problem(404, "There is no such task.")]
  ) { call, api in
    let found = try await task(call, api)
    let hooks = try await api.store.hookStates()
    let history = try await api.store.history(of: found.ref).map { entry in
      HistoryEntry(
        event: entry.event,
        deliveries: entry.deliveries.map { ($0.delivery.held(by: hooks[$0.delivery.hook]), $0.attempts) })
    }
    let pending = try await api.store.pendingSaves(after: found.row - 1, limit: 1).first {
      $0.row == found.row
    }
    let body = history.last { $0.event.task != nil }?.event.task
    let outputs = body.map { api.control.outputs(of: $0, ref: found.ref, url: found.url) } ?? []
    let task = await api.control.live([found]).first ?? found
    return .json { json in
      HistoryJSON.write(
        task, save: SaveStatus(pending, history), outputs: outputs, history: history, to: &json)
    }
  }

  static let remove = Operation(
    method: .delete, path: "/v1/tasks/{source}/{id}", id: "removeTask",
    summary: "Watch a task no more.", parameters: place,
    outcomes: [.empty(204, "It is not watched, or no more."), .problem(404, "There is no such task.")]
  ) { call, api in
    let found = try await task(call, api)
    _ = try await api.control.remove([found.ref])
    return .empty
  }

  private static func task(_ call: Call, _ api: APIContext) async throws -> TaskRecord {
    let query = TaskQuery(source: call.arguments[0], id: call.arguments[1], limit: 1)
    guard let found = try await api.store.tasks(query).first else {
      throw Problem.notFound(
        "There is no task \(Quoted.text(call.arguments[1])) of \(Quoted.text(call.arguments[0])).")
    }
    return found
  }
}
