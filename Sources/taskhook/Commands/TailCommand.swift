import ArgumentParser
import Model
import UnixSignals

struct TailCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tail", abstract: "Follow events as they are recorded, until stopped.",
    discussion: "A line for each event of tasks, sources and hooks; with --json the event as webhooks get it."
  )

  @OptionGroup var place: StateOption
  @Option(help: "Only events of this source.") var source: String?
  @Option(help: "Only events of the task with this id; may be given again.") var task: [String] = []
  @Option(
    help: ArgumentHelp(
      "Only events of this type, such as task.failed or source.down; may be given again.", valueName: "type"))
  var type: [EventType] = []
  @Flag(help: "Begin with all that is recorded, not with what comes.") var all = false
  @Flag(help: "One JSON object an event.") var json = false

  func run() async throws {
    try await reporting {
      let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
      try await StateFile.looking(place) { state, names in
        if let source { try names.require(source: source) }
        try await withThrowingTaskGroup(of: Void.self) { group in
          group.addTask { for await _ in signals { return } }
          group.addTask {
            try await state.follow(after: all ? 0 : nil) { recorded in
              if isWanted(recorded.event) { show(recorded.event) }
            }
          }
          // Whichever ends first: a signal, or a failure.
          defer { group.cancelAll() }
          try await group.next()
        }
      }
    }
  }

  private func isWanted(_ event: Event) -> Bool {
    if let source, event.source != source { return false }
    if !task.isEmpty, !task.contains(where: { $0 == event.taskID }) { return false }
    return type.isEmpty || type.contains(event.type)
  }

  private func show(_ event: Event) {
    if json {
      StandardOutput.write(OneLine.json(EventBody.event.render(.event(event))) + [UInt8(ascii: "\n")])
    } else {
      StandardOutput.say(Self.line(event))
    }
  }

  static func line(_ event: Event) -> String {
    let subject =
      event.hook.map { "hook \($0)" }
      ?? (event.taskID.map { "\(event.source)/\($0)" } ?? "source \(event.source)")
    var line = "\(event.timestamp.iso8601)  \(event.type.name)  \(Printable.line(subject))"
    if event.type.isTransition {
      line += "  \(Printable.line(event.previousStatus ?? "·")) → \(Printable.line(event.status ?? "·"))"
    }
    if let progress = event.progress, event.type == .progress {
      line += "  \(Int((progress * 100).rounded()))%"
    }
    if let reason = event.reason { line += "  \(Printable.line(reason))" }
    return line
  }
}

extension EventType: ExpressibleByArgument {
  public init?(argument: String) { self.init(name: argument) }
}
