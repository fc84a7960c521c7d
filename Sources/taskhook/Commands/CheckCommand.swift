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
      if let outputs = source.value.outputs?.settings {
        lines.append(
          "  output files go to \(outputs.target.prefix)"
            + (outputs.holdsHooks ? ", and hooks of a success wait for them" : ""))
      }
    }
    if !configuration.tasks.isEmpty { lines.append("tasks: \(configuration.tasks.count) from the config") }
    if let path = configuration.tasksFrom { lines.append("tasks_from: \(path)") }
    for hook in configuration.hooks {
      lines += ["", "hook \(hook.name): \(describe(hook.value.rules))"]
      lines += trial(of: hook, in: configuration)
    }
    return lines
  }

  /// Renders a hook on samples of all that it fires on; shows one.
  private static func trial(of hook: Named<ResolvedHook>, in configuration: Configuration) -> [String] {
    let trial = HookTrial(hook, of: configuration)
    let sources = configuration.sources.map(\.name)
    let rule = hook.value.rule
    let fitting = sources.flatMap(SampleEvents.all(source:)).filter(rule.fits)
    var lines: [String] = []
    if fitting.isEmpty {
      lines.append("  no sample event fits its `where`; shown on one that its `on` names")
    } else {
      let names = unique(fitting.map(\.type.name))
      lines.append(
        "  fires on \(names.count == EventType.all.count ? "every event" : names.joined(separator: ", "))")
      var sizes = fitting.map { trial.preview($0).body.count }
      if hook.value.rules.digest != nil {
        sizes.append(trial.preview(SampleEvents.digest(of: hook.name, fitting)).body.count)
      }
      lines.append("  rendered on \(sizes.count) samples: \(sizes.min()!) to \(sizes.max()!) bytes")
    }
    let shown = SampleEvents.fitting(rule, sources: sources)
    lines.append("  on \(shown.type.name) it would do this:")
    return lines + trial.preview(shown).lines.map { "    " + $0 }
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
    let digest =
      rules.digest.map { ", beyond \($0.after) one digest every \(DurationText.write($0.every))" } ?? ""
    return "\(attempts); \(rules.concurrency) at once\(rate)\(digest)"
  }

  private static func unique(_ names: [String]) -> [String] {
    var seen: Set<String> = []
    return names.filter { seen.insert($0).inserted }
  }
}
