import Config
import Delivering
import Hooks
import Providers
import Watching

/// The commented config that `taskhook init` writes, made from the declarations of the keys. The file
/// config.yaml.sample is this text.
enum ConfigTemplate {
  static var text: String {
    var lines = [
      "# taskhook: what to poll, and what to do on which change. `taskhook check` reads it and says what would",
      "# happen. Keys that are commented out show their defaults, or an example.",
      "#",
      "# ${NAME} takes an environment variable, ${NAME:-default} one with a default, ${file:PATH} a file's content;",
      "# $$ is a dollar sign. Durations: 500ms 5s 10m 2h 3d. Rates: 10/s 600/m. Sizes: 64KiB 10MiB.",
      "",
      "# The task APIs to poll, each under a name of your own.",
      "# `taskhook providers` lists those that are known; `provider: http` describes one of your own.",
      "sources:",
      "  runway:",
    ]
    let ofOneOnly = [
      ProviderKeys.parameters.name, ProviderKeys.request.name, ProviderKeys.read.name,
      ProviderKeys.create.name,
    ]
    lines += YAMLSkeleton.lines(
      of: SourceSection.keys.filter { !ofOneOnly.contains($0.name) },
      values: ["provider": "runway", "api_key": "${COMETAPI_KEY}"], indent: 4)
    lines += [
      "",
      "# What to do on which events, each under a name of your own. `on` takes a status or state in any case,",
      "# `done` (any end), `change` (any transition), `{from: X, to: Y}`, `{progress: 25%}`, or an event type:",
      "# not_found, lost, stalled, timed_out, saved, save_failed, source.down, source.up, hook.down, hook.up,",
      "# delivery.dead, progress.",
      "hooks:",
      "  pipeline:",
      "    on: [SUCCEEDED, FAILED]",
      "    webhook:",
      "      url: ${WEBHOOK_URL}",
      "      # Signs every request (Standard Webhooks). Make one: echo \"whsec_$(openssl rand -base64 32)\"",
      "      secret: ${WEBHOOK_SECRET}",
      "",
      "  # announce:",
      "  #   on: done",
      "  #   # The task JSON arrives on standard input; $TASKHOOK_STATUS and others tell about the event.",
      "  #   run: [./announce.sh]",
      "",
      "  # A hook with all its keys; it has exactly one of webhook and run:",
      "  # everything:",
    ]
    lines += YAMLSkeleton.lines(of: HookSection.keys).map { "  #   " + uncommented($0) }
    lines += ["", "# Everything else."]
    let rest = Configuration.keys.filter { !["sources", "hooks"].contains($0.name) }
    lines += YAMLSkeleton.lines(of: rest)
    return lines.joined(separator: "\n") + "\n"
  }

  /// A line of the skeleton without the mark of a key that is commented out, where the whole block is one
  /// comment. Docs of the first level have one space behind their mark, and keep it.
  private static func uncommented(_ line: String) -> String {
    let isDoc = line.hasPrefix("# ") && !line.hasPrefix("#  ")
    return line.hasPrefix("#") && !isDoc ? String(line.dropFirst()) : line
  }
}
