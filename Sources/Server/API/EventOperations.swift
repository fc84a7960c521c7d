import Hummingbird
import Model

/// `/v1/events`
enum EventOperations {
  static let all = [events]

  private static let lastEventID = FieldName("Last-Event-ID")!
  /// Rows that are looked at for one page, of which a filter may let few pass.
  private static let mostScanned = 10_000

  static let events = Operation(
    method: .get, path: "/v1/events", id: "events",
    summary: "Events as they are recorded: a stream of server-sent events, or a page of them as JSON.",
    parameters: [
      .query("source", .text, "Of this source."), .query("id", .text, "Of tasks with this id."),
      .list("type", Schemas.eventTypes, "Of this type; may be given again."),
      .query("hook", .text, "About this hook."),
      .query("task", .words(["true", "false"]), "false leaves the task objects out."),
      .query("format", .words(["stream", "json"]), "json for a page; so does `Accept: application/json`."),
      .query(
        "last_event_id", .integer(0 ... .max), "For the stream: after this event; 0 for all that there are."),
      Operation.Parameter(
        name: "Last-Event-ID", place: .header, schema: .integer(0 ... .max), doc: "The same; it goes first."),
      .query("cursor", .text, "For a page: `next` of the one before; from the beginning without."),
      .query(
        "limit", .integer(Paging.limits, standard: Paging.standard), "For a page: how many at most."),
    ],
    outcomes: [
      Operation.Outcome(
        status: 200, doc: "The stream, for as long as it is read; or the page.",
        content: [
          ("text/event-stream", .text),
          ("application/json", Schemas.page("events", of: "Event", next: .text)),
        ])
    ]
  ) { call, api in
    let filter = try filter(call.query)
    let after = try position(call)
    let limit = try call.query.number("limit", in: Paging.limits) ?? Paging.standard
    let cursor = try cursor(call.query)
    if try wantsPage(call) { return try await page(filter, after: cursor, limit: limit, api) }
    return Answer(
      200, headers: [.contentType: "text/event-stream"],
      content: .events(EventSubscription(filter: filter, after: after)))
  }

  private static func filter(_ query: Query) throws(Problem) -> EventFilter {
    var types: Set<EventType> = []
    for name in query.all("type") {
      guard let type = EventType(name: name) ?? EventType(name: "task." + name) else {
        throw .badRequest("\(Quoted.text(name)) is no type of event.")
      }
      types.insert(type)
    }
    return EventFilter(
      source: try query.one("source"), id: try query.one("id"), types: types, hook: try query.one("hook"),
      withTask: try query.flag("task") ?? true)
  }

  private static func position(_ call: Call) throws(Problem) -> Int64? {
    let parameter = try call.query.one("last_event_id")
    guard let text = call.headers[lastEventID] ?? parameter else { return nil }
    guard let row = Int64(text), row >= 0 else {
      throw .badRequest("Last-Event-ID must be the id of an event of this stream, or 0.")
    }
    return row
  }

  private static func cursor(_ query: Query) throws(Problem) -> Int64 {
    guard let text = try query.one("cursor") else { return 0 }
    guard let cursor = Cursor(text), !cursor.newestFirst else {
      throw .badRequest("cursor must be the next of a page of events.")
    }
    return cursor.row
  }

  private static func wantsPage(_ call: Call) throws(Problem) -> Bool {
    switch try call.query.one("format") {
    case nil: return call.accepts("application/json", ratherThan: "text/event-stream")
    case "json": return true
    case "stream": return false
    default: throw .badRequest("format must be stream or json.")
    }
  }

  private static func page(
    _ filter: EventFilter, after row: Int64, limit: Int, _ api: APIContext
  ) async throws -> Answer {
    var found: [RecordedEvent] = []
    var row = row
    var scanned = 0
    while found.count < limit, scanned < mostScanned {
      let asked = min(200, filter.isEmpty ? limit - found.count : 200)
      let events = try await api.store.events(after: row, limit: asked)
      for event in events where found.count < limit {
        row = event.row
        if filter.fits(event.event) { found.append(event) }
      }
      scanned += events.count
      if events.count < asked { break }
    }
    let (events, end) = (found, row)
    return .object { json in
      json.key("events")
      json.array { json in
        for event in events { EventFrames.element(event, withTask: filter.withTask, to: &json) }
      }
      json.member("next", Cursor(row: end, newestFirst: false).text)
    }
  }
}
