import ArgumentParser
import Config
import Foundation
import Model
import Providers
import UnixSignals

struct WatchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch",
    abstract: "Follow tasks in this terminal until they end (no daemon, no state file).",
    discussion: """
      Needs no config: the key is taken from COMETAPI_KEY, or from the variable that `taskhook providers` names for \
      another provider. Exit codes: 0 all succeeded; 1 a task failed or was cancelled; 3 one was given up or lost, or \
      its files could not be saved; 69 the API cannot be reached.
      """)

  @Option(help: "Which task API.") var provider = Preset.runway
  @Option(name: .customLong("base-url"), help: "Where the API is, instead of the provider's own address.")
  var baseURL: String?
  @Option(
    name: .customLong("param"),
    help: ArgumentHelp(
      "What the provider leaves open, as `taskhook providers` lists it; may be given again.",
      valueName: "name=value"))
  var parameters: [String] = []
  @Option(help: "Shortest time between two polls of one task.") var every = DurationArgument.sixSeconds
  @Option(
    name: .customLong("run"),
    help: ArgumentHelp(
      "A shell command to run on every transition, with the task JSON on its standard input.",
      valueName: "cmd"))
  var command: String?
  @Option(help: ArgumentHelp("A URL to call on every transition.", valueName: "url"))
  var webhook: String?
  @Option(
    help: ArgumentHelp(
      "What --run and --webhook are for, as in a hook's `on`; may be given again. Default: every transition, "
        + "and when watching is given up.", valueName: "word"))
  var on: [String] = []
  @Option(help: ArgumentHelp("Keep the files of tasks that succeed in this folder.", valueName: "dir"))
  var save: String?
  @Flag(help: "One JSON object a transition.") var json = false
  @Argument(help: "Ids of tasks.") var ids: [String]

  func validate() throws {
    if !on.isEmpty && command == nil && webhook == nil {
      throw ValidationError("--on says what --run or --webhook is for: neither is there")
    }
  }

  func run() async throws {
    try await reporting {
      for id in ids {
        if let refusal = TaskID.refusal(of: id) {
          throw Failure(.usage, "\(Printable.line(String(id.prefix(100)))): \(refusal)")
        }
      }
      let variable = try provider.mapping().key ?? "API_KEY"
      let key = ProcessInfo.processInfo.environment[variable].flatMap { $0.isEmpty ? nil : $0 }
      if key == nil && baseURL == nil {
        throw Failure(.usage, "\(variable) is not set: export it, or name another API with --base-url")
      }
      let assembly = try composed(key: key)
      let log = assembly.logger(level: .critical)
      let follower = Follower(ids: ids, style: style)
      var ground = try assembly.groundInMemory()
      ground.watchObserver = follower
      ground.deliveryObserver = follower
      ground.saveObserver = follower
      ground.eventObserver = { follower.told($0) }
      var plan = assembly.plan(on: ground)
      plan.tasks = follower.ids.map { NewTask(ref: TaskRef(source: Self.source, id: $0)) }
      // Before anything is shown: who sees it may stop it.
      let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
      let daemon = try await Daemon.start(ground, plan, log: log)
      let status = await followed(follower, daemon, until: signals)
      await daemon.stop()
      if status != 0 { throw ExitCode(status) }
    }
  }

  private static let source = "tasks"

  private var style: Follower.Style {
    if json { return .json }
    return StandardOutput.isTerminal ? .board(colour: Colour.wanted(onTerminal: true)) : .lines
  }

  /// Waits for the end of all tasks and of their deliveries, or for a signal.
  private func followed(
    _ follower: Follower, _ daemon: Daemon, until signals: UnixSignalsSequence
  ) async -> Int32 {
    await withTaskGroup(of: Int32?.self) { group in
      group.addTask {
        for await signal in signals {
          return signal == .sigint ? 130 : 143
        }
        return nil
      }
      group.addTask { await follower.draw() }
      group.addTask {
        let status = await follower.ended()
        while !Task.isCancelled, await !daemon.isDone() {
          try? await Task.sleep(for: .milliseconds(50))
        }
        return status
      }
      var status: Int32?
      for await result in group {
        if let result {
          status = result
          break
        }
      }
      group.cancelAll()
      follower.drawOnce()
      return status ?? 0
    }
  }

  /// The same as a config file: what a person gave comes in as variables and is never read as YAML.
  private func composed(key: String?) throws -> Assembly {
    var values = ["PROVIDER": provider.rawValue]
    var text = """
      sources:
        \(Self.source):
          provider: ${PROVIDER}
          poll: {every: \(DurationText.write(every.value))}

      """
    if let baseURL {
      values["BASE_URL"] = baseURL
      text += "    base_url: ${BASE_URL}\n"
    }
    if let key {
      values["KEY"] = key
      text += "    api_key: ${KEY}\n"
    }
    if !parameters.isEmpty { text += "    params:\n" }
    for (index, parameter) in try LabelArguments.parse(parameters, option: "--param").sorted(by: {
      $0.key < $1.key
    }).enumerated() {
      // The name alone is read as YAML.
      guard parameter.key.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "_-".contains($0)) })
      else {
        throw Failure(.usage, "--param \(Printable.line(parameter.key)): this is no name of a parameter")
      }
      values["PARAM_\(index)"] = parameter.value
      text += "      \"\(parameter.key)\": ${PARAM_\(index)}\n"
    }
    if let save {
      values["SAVE"] = save
      text += "    outputs: {save_to: \"${SAVE}\"}\n"
    }
    text += "hooks:\n"
    var words = "[change, not_found, lost, timed_out]"
    if !on.isEmpty {
      for (index, word) in on.enumerated() { values["ON_\(index)"] = word }
      words = "[" + on.indices.map { "\"${ON_\($0)}\"" }.joined(separator: ", ") + "]"
    }
    // Someone waits for the end: deliveries are tried for some 20 s, then they are dead.
    let patience = "retry: {schedule: [1s, 5s, 15s]}, breaker: off"
    if let command {
      values["RUN"] = command
      text += "  run: {on: \(words), run: \"${RUN}\", \(patience)}\n"
    }
    if let webhook {
      values["WEBHOOK"] = webhook
      text += "  webhook: {on: \(words), webhook: {url: \"${WEBHOOK}\"}, \(patience)}\n"
    }
    if command == nil && webhook == nil { text += "  {}\n" }
    do { return try Assembly.compose(text, name: "watch", values: values) } catch let failure as ConfigFailure
    {
      throw Failure(
        .usage,
        failure.errors.map { error in
          let option = Self.options.first { error.path.hasPrefix($0.path) }.map(\.option) ?? error.path
          // Where a value came from is the option itself.
          let message = error.message.replacing(#/ \(from \$\{\w+\}\)/#, with: "")
          return "\(option): \(message)\(error.expectation.map { ". " + $0 } ?? "")"
        }.joined(separator: "\n"))
    }
  }

  private static let options: [(path: String, option: String)] = [
    ("sources.\(source).base_url", "--base-url"), ("sources.\(source).api_key", "COMETAPI_KEY"),
    ("sources.\(source).poll", "--every"), ("sources.\(source).params", "--param"),
    ("sources.\(source).outputs", "--save"), ("sources.\(source)", "--provider"), ("hooks.run.on", "--on"),
    ("hooks.webhook.on", "--on"),
    ("hooks.run", "--run"), ("hooks.webhook", "--webhook"),
  ]
}

extension Preset: ExpressibleByArgument {}

extension DurationArgument {
  fileprivate static let sixSeconds = DurationArgument(.seconds(6))
}
