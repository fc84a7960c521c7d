import Model

/// The document's own schemas, by name. Their members stand in the order in which `JSON/` writes them.
enum Schemas {
  typealias Member = Schema.Member

  static let all: [(name: String, schema: Schema)] = [
    ("Problem", problem), ("Task", task), ("NewTask", newTask), ("Delivery", delivery), ("Attempt", attempt),
    ("File", file), ("HistoryEvent", historyEvent), ("TaskDetail", taskDetail), ("Event", event),
    ("Source", source), ("Hook", hook),
  ]

  static let labels = Schema.map(.text)
  static let states = Schema.words(TaskState.allCases.map(\.rawValue))
  static let deliveryStates = Schema.words(DeliveryState.allCases.map(\.rawValue))
  static let eventTypes = Schema.words(EventType.all.map(\.name))
  /// `on` of a hook.
  static let on = Schema.oneOf([
    .text, .object([], isOpen: true), .array(.oneOf([.text, .object([], isOpen: true)])),
  ])

  /// What `SinceText` reads.
  static let since = Schema.oneOf([.time, .string(pattern: "^[1-9][0-9]{0,5}(ms|s|m|h|d)$")])

  static let problem = Schema.object([
    Member("type", .text, "Always `about:blank`: the status tells the kind."),
    Member("title", .text), Member("status", .integer()), Member("detail", .text),
    Member(
      "errors",
      .array(
        .object([
          Member("pointer", .text, "JSON pointer (RFC 6901) to the member."), Member("detail", .text),
        ])), optional: true),
  ])

  static let task = Schema.object([
    Member("source", .text), Member("id", .text),
    Member("status", .nullable(.text), "The provider's own word; null before the first sight."),
    Member("state", .nullable(states)),
    Member("progress", .nullable(.number), "From 0 to 1."),
    Member("labels", labels), Member("first_seen", .time), Member("changed_at", .nullable(.time)),
    Member("last_polled", .nullable(.time)),
    Member(
      "ended", .nullable(.words(TaskRecord.Ending.allCases.map(\.rawValue))),
      "Why it is watched no more; null while it is."),
    Member("created_at", .nullable(.time), "As the provider tells it."),
    Member("url", .nullable(.text), "Where it is asked for, where that is not made from its id; shortened."),
    Member(
      "callback",
      .nullable(.object([Member("url", .text, "Shortened: it is a credential."), Member("on", on)]))),
  ])

  static let newTask = Schema.object([
    Member("id", .text),
    Member("source", .text, "May be left out where there is one source.", optional: true),
    Member(
      "url", .nullable(.text), "Where it is asked for, where that is not made from its id.", optional: true),
    Member("labels", labels, optional: true),
    Member("again", .bool, "Watch it anew even where it has ended.", optional: true),
    Member(
      "callback",
      .nullable(
        .object([
          Member("url", .text, "http or https; a public address unless server.callbacks allows it."),
          Member("secret", .nullable(.text), "Signs the requests (Standard Webhooks).", optional: true),
          Member(
            "on", .nullable(on), "As `on` of a hook; any transition where it is left out.", optional: true),
        ])), "A webhook of the task's own.", optional: true),
  ])

  static let delivery = Schema.object([
    Member("id", .text), Member("hook", .text), Member("event", eventTypes),
    Member("source", .nullable(.text)), Member("task", .nullable(.text), "The task's id."),
    Member("about_hook", .text, "Only where the event is a hook's.", optional: true),
    Member("state", deliveryStates), Member("attempts", .integer(0 ... .max)),
    Member("next_attempt", .nullable(.time)), Member("last_error", .nullable(.text)),
    Member("created_at", .time),
  ])

  static let attempt = Schema.object([
    Member("number", .integer(1 ... .max)), Member("at", .time), Member("duration_ms", .integer(0 ... .max)),
    Member("code", .nullable(.integer()), "The HTTP status, or the exit code."),
    Member("error", .nullable(.text), "Null where it delivered."),
    Member("detail", .text, "What came back, cut and escaped."),
  ])

  static let file = Schema.object([
    Member("url", .text), Member("path", .text), Member("bytes", .integer(0 ... .max)),
    Member("sha256", .text),
    Member("content_type", .nullable(.text)),
  ])

  static let historyEventMembers: [Member] = [
    Member("id", .text), Member("type", eventTypes), Member("timestamp", .time),
    Member("sequence", .integer(1 ... .max)), Member("status", .nullable(.text)),
    Member("state", .nullable(states)), Member("previous_status", .nullable(.text)),
    Member("reason", .nullable(.text)), Member("files", .array(.ref("File"))),
    Member("task", .any, "The provider's task object, byte for byte; null where none was seen."),
  ]

  static let historyEvent = Schema.object(historyEventMembers)

  static let taskDetail = Schema.object([
    Member("task", .ref("Task")),
    Member(
      "save",
      .nullable(
        .object([
          Member("state", .words(SaveStatus.State.allCases.map(\.rawValue))), Member("since", .time),
          Member("saved", .integer(0 ... .max)), Member("outputs", .nullable(.integer(0 ... .max))),
          Member("reason", .nullable(.text)),
        ])), "Where the saving of its output files stands."),
    Member("outputs", .array(.object([Member("url", .text), Member("content_type", .nullable(.text))]))),
    Member(
      "events",
      .array(
        .object(
          historyEventMembers + [
            Member(
              "deliveries",
              .array(
                .object([Member("delivery", .ref("Delivery")), Member("attempts", .array(.ref("Attempt")))])))
          ]))),
  ])

  static let event = Schema.object([
    Member("id", .integer(1 ... .max), "Its number in the stream, for `Last-Event-ID`."),
    Member("type", eventTypes), Member("timestamp", .time),
    Member(
      "data",
      .object(
        [
          Member("source", .nullable(.text)), Member("id", .nullable(.text)),
          Member("status", .nullable(.text)),
          Member("state", .nullable(states)), Member("previous_status", .nullable(.text)),
          Member("sequence", .integer(1 ... .max)), Member("progress", .nullable(.number), optional: true),
          Member("reason", .text, optional: true), Member("hook", .text, optional: true),
          Member("labels", labels), Member("files", .array(.ref("File"))), Member("task", .any),
        ]), "As webhooks of `format: event` have it."),
  ])

  static let source = Schema.object([
    Member("name", .text), Member("provider", .text), Member("base_url", .text), Member("up", .bool),
    Member("down_reason", .nullable(.text)),
    Member("watched", .integer(0 ... .max), "Tasks that are polled."),
    Member("overdue", .integer(0 ... .max), "Of these, those that wait for the budget or a connection."),
    Member("poll_every_ms", .integer(0 ... .max)), Member("rate_per_second", .number),
    Member("connections", .integer(0 ... .max)),
    Member("running", .integer(0 ... .max), "Requests that run."),
    Member("polls", .integer(0 ... .max), "Since the daemon began."),
    Member("failures", .integer(0 ... .max)),
    Member("polls_last_minute", .integer(0 ... .max)), Member("failures_last_minute", .integer(0 ... .max)),
    Member("paused_until", .nullable(.time)),
  ])

  static let hook = Schema.object([
    Member("name", .text), Member("action", .text),
    Member("target", .text, "Shortened: it may be a credential."),
    Member("up", .bool), Member("down_reason", .nullable(.text)),
    Member("paused", .nullable(.text), "Why it is paused until it is resumed."),
    Member("not_before", .nullable(.time), "No attempt before then: the receiver asked for it."),
    Member("breaker", .words(HookStatus.Breaker.allCases.map(\.rawValue))),
    Member("next_probe", .nullable(.time)), Member("running", .integer(0 ... .max), "Attempts that run."),
    Member("open", .integer(0 ... .max), "Deliveries that have not ended."),
    Member("oldest", .nullable(.time)),
    Member("dead", .integer(0 ... .max)),
  ])

  /// An object with a list and where it goes on.
  static func page(_ name: String, of element: String, next: Schema = .nullable(.text)) -> Schema {
    .object([
      Member(name, .array(.ref(element))), Member("next", next, "The cursor of what follows."),
    ])
  }
}
