import Model

/// `/v1/deliveries`
enum DeliveryOperations {
  static let all = [list, show, replay, replayMany]

  static let list = Operation(
    method: .get, path: "/v1/deliveries", id: "listDeliveries", summary: "List deliveries.",
    parameters: [
      .query("hook", .text, "Of this hook."),
      .list("state", Schemas.deliveryStates, "In this state; may be given again."),
      .query("source", .text, "Of a task of this source; together with task."),
      .query("task", .text, "Of the task with this id; together with source."),
      .query("since", Schemas.since, "Created since then: \(SinceText.expected)."),
    ] + Paging.parameters,
    outcomes: [.json(200, "A page of deliveries.", Schemas.page("deliveries", of: "Delivery"))]
  ) { call, api in
    let paging = try Paging(call.query)
    let states = try call.query.words("state", DeliveryState.self)
    var task: TaskRef?
    switch (try call.query.one("source"), try call.query.one("task")) {
    case (let source?, let id?): task = TaskRef(source: source, id: id)
    case (nil, nil): break
    default: throw Problem.badRequest("source and task go together.")
    }
    let selection = DeliverySelection(
      hook: try call.query.one("hook"), task: task, states: states.isEmpty ? nil : states,
      since: try since(call.query.one("since"), api), after: paging.after, newestFirst: paging.newestFirst,
      limit: paging.asked)
    let (page, next) = paging.page(try await api.store.deliveries(selection)) { $0.row }
    let deliveries = try await api.held(page)
    return .object { json in
      json.key("deliveries")
      json.array { json in for delivery in deliveries { DeliveryJSON.write(delivery, to: &json) } }
      json.member("next", next)
    }
  }

  private static func since(_ text: String?, _ api: APIContext) throws(Problem) -> Timestamp? {
    guard let text else { return nil }
    guard let time = SinceText.parse(text, now: api.time.wall) else {
      throw .badRequest("since must be \(SinceText.expected).")
    }
    return time
  }

  private static let place: [Operation.Parameter] = [.path("id", "The delivery's id, `msg_…`.")]

  static let show = Operation(
    method: .get, path: "/v1/deliveries/{id}", id: "showDelivery",
    summary: "One delivery, its event and attempts.", parameters: place,
    outcomes: [
      .json(
        200, "The delivery.",
        .object([
          Schema.Member("delivery", .ref("Delivery")), Schema.Member("event", .ref("HistoryEvent")),
          Schema.Member("attempts", .array(.ref("Attempt"))),
        ])), .problem(404, "There is no such delivery."),
    ]
  ) { call, api in
    guard let entry = try await api.store.delivery(call.arguments[0]) else { throw unknown(call) }
    let delivery = try await api.held([entry.delivery]).first ?? entry.delivery
    return .object { json in
      json.key("delivery")
      DeliveryJSON.write(delivery, to: &json)
      json.key("event")
      json.object { EventJSON.members(of: entry.event, to: &$0) }
      json.key("attempts")
      DeliveryJSON.write(entry.attempts, to: &json)
    }
  }

  static let replay = Operation(
    method: .post, path: "/v1/deliveries/{id}/replay", id: "replayDelivery",
    summary: "Send a delivery again, with the same id.", parameters: place,
    outcomes: [
      .json(202, "It will be sent.", .object([Schema.Member("delivery", .ref("Delivery"))])),
      .problem(404, "There is no such delivery."),
    ]
  ) { call, api in
    let sent = try await api.control.replay(DeliverySelection(ids: [call.arguments[0]]), dryRun: false)
    guard let delivery = try await api.held(sent).first else { throw unknown(call) }
    return .object(202) { json in
      json.key("delivery")
      DeliveryJSON.write(delivery, to: &json)
    }
  }

  private static let replayed = Schema.object([
    Schema.Member("deliveries", .array(.ref("Delivery"))), Schema.Member("count", .integer(0 ... .max)),
  ])

  static let replayMany = Operation(
    method: .post, path: "/v1/deliveries/replay", id: "replayDeliveries",
    summary: "Send deliveries again, with the same ids. All conditions hold together.",
    body: Operation.Body(
      schema: .object(
        [
          Schema.Member("ids", .nullable(.array(.text)), "These.", optional: true),
          Schema.Member("dead", .nullable(.onlyTrue), "Those that were given up.", optional: true),
          Schema.Member("hook", .nullable(.text), "Those of this hook.", optional: true),
          Schema.Member(
            "since", .nullable(.text), "Those created since then: \(SinceText.expected).", optional: true),
          Schema.Member("dry_run", .nullable(.bool), "Only say which.", optional: true),
        ], anyOf: ["ids", "dead", "hook", "since"]),
      doc: "Which: one of `ids`, `dead`, `hook` and `since` at least."),
    outcomes: [
      .json(202, "They will be sent.", replayed), .json(200, "They would be sent.", replayed),
    ]
  ) { call, api in
    var reader = BodyReader(
      try BodyReader.document(call.body), names: ["ids", "dead", "hook", "since", "dry_run"])
    let ids = reader.list("ids")
    let dead = reader.bool("dead")
    if dead == false { reader.fail("dead", "must be true, or left out") }
    let hook = reader.string("hook")
    let text = reader.string("since")
    let since = text.flatMap { SinceText.parse($0, now: api.time.wall) }
    if text != nil, since == nil { reader.fail("since", "must be \(SinceText.expected)") }
    let dryRun = reader.bool("dry_run") ?? false
    if reader.isFine, ids == nil, dead == nil, hook == nil, text == nil {
      reader.fail("", "must say which: by ids, dead, hook or since")
    }
    guard reader.isFine else { throw BodyReader.problem(reader.faults) }
    let sent = try await api.control.replay(
      DeliverySelection(ids: ids, hook: hook, states: dead == true ? [.dead] : nil, since: since),
      dryRun: dryRun)
    let deliveries = try await api.held(sent)
    return .object(dryRun ? 200 : 202) { json in
      json.key("deliveries")
      json.array { json in for delivery in deliveries { DeliveryJSON.write(delivery, to: &json) } }
      json.member("count", deliveries.count)
    }
  }

  private static func unknown(_ call: Call) -> Problem {
    .notFound("There is no delivery \(Quoted.text(call.arguments[0])).")
  }
}
