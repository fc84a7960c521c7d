import ArgumentParser
import Logging
import Model
import ServiceLifecycle

struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Watch and deliver, until stopped.",
    discussion: """
      SIGTERM and SIGINT finish running attempts (up to 10 s), write what is left, and leave. What was not \
      delivered goes on at the next start.
      """)

  @OptionGroup var config: ConfigOption

  func run() async throws {
    try await reporting {
      let assembly = try Assembly.load(config.path)
      let log = assembly.logger()
      for warning in assembly.warnings { log.warning("config", metadata: ["warning": "\(warning)"]) }
      StandardError.outlivesItsReader()
      let parts = try await assembly.open()
      let daemon = try await Daemon.start(parts, log: log)
      let group = ServiceGroup(
        configuration: ServiceGroupConfiguration(
          services: [.init(service: daemon)], gracefulShutdownSignals: [.sigterm, .sigint],
          logger: Logger(label: "lifecycle") { _ in SwiftLogNoOpLogHandler() }))
      try await group.run()
      try await parts.store.close()
    }
  }
}
