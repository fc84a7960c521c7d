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
      StandardError.outlivesItsReader()
      for warning in assembly.warnings { log.warning("config", metadata: ["warning": "\(warning)"]) }
      let group = ServiceGroup(
        configuration: ServiceGroupConfiguration(
          services: [.init(service: Work(assembly: assembly, log: log))],
          gracefulShutdownSignals: [.sigterm, .sigint],
          logger: Logger(label: "lifecycle") { _ in SwiftLogNoOpLogHandler() }))
      try await group.run()
    }
  }
}

/// The daemon from the opening of its state to its close. It begins inside the service group, so that no signal
/// comes before it is heeded.
private struct Work: Service {
  let assembly: Assembly
  let log: Logger

  func run() async throws {
    let parts = try await assembly.open()
    try await Daemon.start(parts, log: log).run()
    try await parts.store.close()
  }
}
