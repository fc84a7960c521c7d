import ArgumentParser
import Logging
import Model
import ServiceLifecycle

struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Watch and deliver, until stopped.",
    discussion: """
      SIGTERM and SIGINT finish running attempts (up to 10 s), write what is left, and leave. What was not \
      delivered goes on at the next start. SIGHUP reads the config again: a bad one is reported and the old one \
      goes on; a good one changes what changed.
      """)

  @OptionGroup var config: ConfigOption

  func run() async throws {
    try await reporting {
      let assembly = try Assembly.load(config.path)
      let style = assembly.logStyle()
      let log = Logger(label: "taskhook") { _ in LineLogHandler(style) }
      StandardError.outlivesItsReader()
      for warning in assembly.warnings { log.warning("config", metadata: ["warning": "\(warning)"]) }
      let operation = Operation(path: config.path, assembly: assembly, style: style, log: log)
      let group = ServiceGroup(
        configuration: ServiceGroupConfiguration(
          services: [.init(service: operation)],
          gracefulShutdownSignals: [.sigterm, .sigint],
          logger: Logger(label: "lifecycle") { _ in SwiftLogNoOpLogHandler() }))
      try await group.run()
    }
  }
}
