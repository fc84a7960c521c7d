import ArgumentParser
import Config
import Foundation
import HTTP
import Hooks
import Model

struct TestCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test", abstract: "Send one sample event through a hook now.",
    discussion: """
      Really sends, or runs the command, once, and shows the whole exchange with secrets hidden. The event carries \
      the label test=true and an id of its own; nothing of it is recorded, and no daemon is needed. Exit code 69 \
      where it was not delivered.
      """)

  @OptionGroup var config: ConfigOption
  @OptionGroup var circumstances: CircumstanceOptions
  @Option(help: ArgumentHelp("A file with a task's JSON in place of a sample, or -.", valueName: "file"))
  var task: String?
  @Flag(help: "Send a digest, as the hook gets it when many events wait.") var digest = false
  @Argument(help: "The hook's name.") var hook: String

  func validate() throws {
    if task == nil && circumstances.from != nil { throw ValidationError("--from needs --task") }
    if digest && (task != nil || circumstances.event != nil) {
      throw ValidationError("--digest does not go together with --task or --event")
    }
  }

  func run() async throws {
    try await reporting {
      StandardError.outlivesItsReader()
      let configuration = try Assembly.load(config.path).configuration
      let hook = try configuration.hook(named: self.hook)
      let time = SystemTime()
      let attempt = try attempt(hook, configuration, now: time.wall)
      let loop = try CurlLoop()
      let recorder = ExchangeRecorder(loop, time: time)
      let trial = HookTrial(hook, of: configuration, transport: recorder)
      let preview = trial.preview(attempt)
      let begun = time.now
      let report = try await trial.perform(attempt)
      let took = time.now - begun
      for exchange in recorder.exchanges {
        for line in exchange.lines(hiding: trial.hidingSecrets(in:), preview: preview) {
          StandardOutput.say(line)
        }
        StandardOutput.say("")
      }
      if recorder.exchanges.isEmpty {
        for line in preview.lines { StandardOutput.say("> " + line) }
        StandardOutput.say("< after \(took.milliseconds) ms")
        if !report.detail.isEmpty { StandardOutput.say("< " + Printable.line(report.detail)) }
        StandardOutput.say("")
      }
      try Self.tell(report)
    }
  }

  private func attempt(
    _ hook: Named<ResolvedHook>, _ configuration: Configuration, now: Timestamp
  ) throws -> Attempt {
    // An id of its own each time: receivers discard those they have seen.
    let delivery = Samples.delivery(of: hook.name)
    if digest {
      let source = try circumstances.source(in: configuration).name
      let events = SampleEvents.all(source: source).filter(hook.value.rule.fits)
      let told =
        events.isEmpty ? [SampleEvents.event(.task(.failed), source: source, timestamp: now)] : events
      return Attempt(
        delivery: delivery, message: .digest(SampleEvents.digest(of: hook.name, told)), number: 1)
    }
    var event = try event(hook, configuration, now: now)
    event.labels["test"] = "true"
    if let objection = hook.value.rule.objection(to: event) {
      StandardError.say("note: by its rule the hook would not fire on this event: \(objection)")
    }
    StandardError.say("hook \(hook.name): \(ExplainCommand.headline(event))")
    return Attempt(delivery: delivery, event: event, number: 1)
  }

  private func event(
    _ hook: Named<ResolvedHook>, _ configuration: Configuration, now: Timestamp
  ) throws -> Event {
    if let task {
      let source = try circumstances.source(in: configuration)
      let sample = TaskSample(source: source.name, settings: source.value.provider)
      let trace = sample.trace(TaskSample.Answer(json: try TaskSample.read(task)))
      return try sample.event(trace.step, named: task, circumstances.circumstances(at: now))
    }
    let labels = try LabelArguments.parse(circumstances.label)
    if let type = try circumstances.type() {
      let source = try circumstances.source(in: configuration).name
      return SampleEvents.event(type, source: source, timestamp: now, labels: labels)
    }
    let sources =
      try circumstances.source.map { [try configuration.source(named: $0).name] }
      ?? configuration.sources.map(\.name)
    return SampleEvents.fitting(hook.value.rule, sources: sources, timestamp: now, labels: labels)
  }

  private static func tell(_ report: AttemptReport) throws {
    let failed: String
    switch report.outcome {
    case .delivered: return StandardError.say("delivered")
    case .retry(let reason, let after):
      let wait = after.map { ", not before \(Span.text($0))" } ?? ""
      failed = "not delivered: \(reason) (a daemon would try again\(wait))"
    case .dead(let reason): failed = "not delivered: \(reason) (a daemon would give it up)"
    case .gone(let reason): failed = "not delivered: \(reason) (a daemon would pause the hook)"
    }
    throw Failure(.unavailable, failed)
  }
}
