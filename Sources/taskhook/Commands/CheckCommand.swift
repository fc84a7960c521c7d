import ArgumentParser
import Config
import Delivering
import Foundation
import Hooks
import Model

struct CheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Read the config, render every hook on a sample, say what would happen.",
    discussion: "Nothing is polled, sent or run. Exit code 78 where the config has a mistake.")

  @OptionGroup var config: ConfigOption
  @Argument(help: "The config file, as with -c.") var file: String?

  func run() async throws {
    try await reporting {
      let path = file ?? config.path
      let assembly = try Assembly.load(path)
      for warning in assembly.warnings { StandardError.say("warning: \(warning)") }
      for line in Self.report(assembly.configuration) { StandardOutput.say(line) }
      StandardError.say("\(path): fine")
    }
  }

  static func report(_ configuration: Configuration) -> [String] {
    var lines: [String] = ["state: \(configuration.state)"]
    for source in configuration.sources {
      let rules = source.value.rules
      lines.append(
        "source \(source.name): \(source.value.provider.mapping.summary), \(source.value.provider.baseURL.host); "
          + "a task every \(DurationText.write(rules.every)), at most \(rules.rate) in all"
          + (source.value.provider.apiKey == nil ? ", without a key" : ""))
    }
    if !configuration.tasks.isEmpty { lines.append("tasks: \(configuration.tasks.count) from the config") }
    if let path = configuration.tasksFrom { lines.append("tasks_from: \(path)") }
    for hook in configuration.hooks {
      lines += ["", "hook \(hook.name): \(describe(hook.value.rules))"]
      let samples = configuration.sources.flatMap { SampleEvents.all(source: $0.name) }
      let fitting = samples.filter { hook.value.rule.fits($0) }
      let sample = fitting.first { $0.type == .task(.succeeded) } ?? fitting.first
      if sample == nil {
        lines.append("  no sample event fits its `where`; shown on one that its `on` names")
      }
      let shown =
        sample ?? samples.first { event in hook.value.rule.on.contains { $0.fits(event) } } ?? samples[0]
      let names = fitting.map(\.type.name)
      let fires =
        Set(names).count == EventType.all.count ? "every event" : unique(names).joined(separator: ", ")
      if !fitting.isEmpty { lines.append("  fires on \(fires)") }
      lines.append("  on \(shown.type.name) it would do this:")
      let action = hook.value.hook(
        transport: Unused(), time: SystemTime(), environment: ProcessInfo.processInfo.environment)
      let attempt = Attempt(
        delivery: Identity.delivery(event: shown.id, hook: hook.name), event: shown, number: 1)
      lines += action.preview(attempt).lines.map { "    " + $0 }
    }
    return lines
  }

  private static func describe(_ rules: DeliveryRules) -> String {
    let attempts =
      switch rules.retry {
      case .schedule(let waits):
        "\(waits.count + 1) attempts, after \(waits.map(DurationText.write).joined(separator: " "))"
      case .backoff(let attempts, let first, let most):
        "\(attempts) attempts, \(DurationText.write(first)) to \(DurationText.write(most)) apart"
      }
    let rate = rules.rate.map { ", at most \($0)" } ?? ""
    return "\(attempts); \(rules.concurrency) at once\(rate)"
  }

  private static func unique(_ names: [String]) -> [String] {
    var seen: Set<String> = []
    return names.filter { seen.insert($0).inserted }
  }

  /// Sends nothing: previews only look.
  private struct Unused: HTTPTransport {
    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
      throw HTTPError(.cancelled, "nothing is sent by check")
    }
  }
}
