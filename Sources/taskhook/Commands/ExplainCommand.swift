import ArgumentParser
import Config
import Foundation
import Hooks
import Model

struct ExplainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Say how an answer is read, which hooks fire for it, and exactly what they would send.",
    discussion: """
      The file holds what the task API answers. Shown is first how it is read: every field, from where, as what, or \
      why not. Nothing is sent or run; secrets are hidden. A hook's URL, headers and body, or a command with its \
      variables and standard input, are shown as they would be at the first attempt.
      """)

  @OptionGroup var config: ConfigOption
  @OptionGroup var output: JSONOption
  @OptionGroup var circumstances: CircumstanceOptions
  @Option(help: "Only this hook.") var hook: String?
  @Flag(help: "Write the body alone, byte for byte; needs --hook.") var body = false
  @Option(help: ArgumentHelp("The HTTP status that the answer came with.", valueName: "status"))
  var http = 200
  @Option(
    help: ArgumentHelp(
      "A file with the answer to the second request, where the API tells of a task in two.", valueName: "file"
    ))
  var result: String?
  @Option(
    name: .customLong("result-http"),
    help: ArgumentHelp("The HTTP status that the second answer came with.", valueName: "status"))
  var resultHTTP = 200
  @Argument(help: "A file with the task's JSON, or - for standard input.") var file: String

  func validate() throws {
    if body && hook == nil { throw ValidationError("--body needs --hook: one body at a time") }
    for status in [http, resultHTTP] where !(100...599).contains(status) {
      throw ValidationError("an HTTP status is a number from 100 to 599, not \(status)")
    }
    if result == "-" && file == "-" { throw ValidationError("standard input can be one of the two files") }
    if body && output.json { throw ValidationError("--body and --json do not go together") }
  }

  func run() async throws {
    try await reporting {
      let configuration = try Assembly.load(config.path).configuration
      let source = try circumstances.source(in: configuration)
      let circumstances = try circumstances.circumstances(at: SystemTime().wall)
      let hooks = try hook.map { [try configuration.hook(named: $0)] } ?? configuration.hooks
      let sample = TaskSample(source: source.name, settings: source.value.provider)
      let trace = sample.trace(
        TaskSample.Answer(
          json: try TaskSample.read(file), http: http, result: try result.map(TaskSample.read),
          resultHTTP: resultHTTP))
      if output.json {
        StandardOutput.write(TraceReport.json(trace, of: source.name) + [UInt8(ascii: "\n")])
      } else if !body {
        StandardOutput.say("an answer of \(source.name) is read so:")
        for line in TraceReport.lines(trace) { StandardOutput.say("    " + line) }
        StandardOutput.say("")
      }
      let event = try sample.event(trace.step, named: file, circumstances)
      if body { return StandardOutput.write(HookTrial(hooks[0], of: configuration).preview(event).body) }
      if !output.json { StandardOutput.say("\(Self.headline(event))\n") }
      for hook in hooks {
        let objection = hook.value.rule.objection(to: event)
        let preview = HookTrial(hook, of: configuration).preview(event)
        if output.json {
          StandardOutput.write(Self.json(hook.name, objection, preview) + [UInt8(ascii: "\n")])
        } else if let objection {
          StandardOutput.say("hook \(hook.name) does not fire: \(objection)\n")
        } else {
          StandardOutput.say("hook \(hook.name) fires:")
          for line in preview.lines { StandardOutput.say("    " + line) }
          StandardOutput.say("")
        }
      }
    }
  }

  static func headline(_ event: Event) -> String {
    var line = "\(event.type.name) of \(event.source)"
    if let id = event.taskID { line += "/\(Printable.line(id))" }
    guard event.type.isTransition else { return line }
    return line
      + ": \(Printable.line(event.previousStatus ?? "first seen")) → \(Printable.line(event.status ?? "?"))"
  }

  private static func json(_ hook: String, _ objection: String?, _ preview: HookPreview) -> [UInt8] {
    var writer = JSONWriter()
    writer.object { writer in
      writer.key("hook")
      writer.string(hook)
      writer.key("fires")
      writer.bool(objection == nil)
      writer.key("why_not")
      writer.string(objection)
      if objection != nil { return }
      writer.key("action")
      writer.string(preview.action)
      writer.key("details")
      writer.array { writer in
        for detail in preview.details {
          writer.object { writer in
            writer.key("name")
            writer.string(detail.name)
            writer.key("value")
            writer.string(detail.value)
          }
        }
      }
      writer.key("body")
      writer.string(String(decoding: preview.body, as: UTF8.self))
    }
    return writer.bytes
  }
}

/// What of an event the task's JSON does not say.
struct CircumstanceOptions: ParsableArguments {
  @Option(help: "The task's source; needed where there are several.") var source: String?
  @Option(
    help: ArgumentHelp(
      "The status before; without it the task is seen for the first time.", valueName: "status"))
  var from: String?
  @Option(
    help: ArgumentHelp(
      "Another event than the transition to the task's status, such as stalled or lost.", valueName: "type"))
  var event: String?
  @Option(
    name: .long, help: ArgumentHelp("A label of the task; may be given again.", valueName: "name=value"))
  var label: [String] = []

  /// The source that is meant.
  func source(in configuration: Configuration) throws -> Named<SourceSection> {
    let names = configuration.sources.map(\.name)
    if let source { return try configuration.source(named: source) }
    if let first = configuration.sources.first, configuration.sources.count == 1 { return first }
    throw Failure(.usage, "there are several sources (\(names.joined(separator: ", "))): say --source")
  }

  /// The event's type; nil for the transition.
  func type() throws -> EventType? {
    guard let event else { return nil }
    let name = event.lowercased()
    if let type = EventType(name: name) ?? EventType(name: "task." + name) { return type }
    let words = EventType.all.flatMap { type in [type.name, String(type.name.split(separator: ".")[1])] }
    let meant = Nearest.name(to: name, among: words).map { "; did you mean \($0)?" } ?? ""
    throw Failure(.usage, "--event \(Printable.line(event)): no such type\(meant)")
  }

  func circumstances(at timestamp: Timestamp) throws -> TaskSample.Circumstances {
    let type = try type()
    switch type {
    case .sourceDown?, .sourceUp?, .hookDown?, .hookUp?, .deliveryDead?:
      throw Failure(.usage, "--event: not an event of a task; `taskhook test` sends a sample of it")
    case .task?: throw Failure(.usage, "--event: the status in the JSON says which transition it is")
    case nil, .progress?, .notFound?, .lost?, .stalled?, .timedOut?, .saved?, .saveFailed?: break
    }
    return TaskSample.Circumstances(
      type: type, previousStatus: from, labels: try LabelArguments.parse(label), timestamp: timestamp)
  }
}
