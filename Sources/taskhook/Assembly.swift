import Config
import Delivering
import Foundation
import HTTP
import Hooks
import Logging
import Model
import Outputs
import Providers
import Storage
import Watching

/// Makes the parts of a daemon from a config: the only place that knows every concrete type.
struct Assembly: Sendable {
  let configuration: Configuration
  let warnings: [ConfigDiagnostic]

  /// Reads a config file; every mistake in it is told at once.
  static func load(_ path: String) throws -> Assembly {
    let diagnostics = Diagnostics()
    let root = ConfigFile.load(
      path: path, environment: ProcessInfo.processInfo.environment, diagnostics: diagnostics)
    return try make(root, diagnostics)
  }

  /// Reads a config that a command wrote itself; what a person gave it comes in by `values`, as `${NAME}`.
  static func compose(_ text: String, name: String, values: [String: String]) throws -> Assembly {
    let diagnostics = Diagnostics()
    let root = ConfigFile.parse(
      Array(text.utf8), name: name, folder: FileManager.default.currentDirectoryPath, environment: values,
      diagnostics: diagnostics)
    return try make(root, diagnostics)
  }

  private static func make(_ root: ConfigNode?, _ diagnostics: Diagnostics) throws -> Assembly {
    let configuration = root?.read(Configuration.self)
    guard let configuration, !diagnostics.hasErrors else {
      throw ConfigFailure(errors: diagnostics.errors, unlisted: diagnostics.unlisted)
    }
    return Assembly(configuration: configuration, warnings: diagnostics.warnings)
  }

  func logger(level: Logger.Level? = nil) -> Logger {
    let terminal = StandardError.isTerminal
    let format = configuration.log?.format ?? (terminal ? .text : .json)
    let level = level ?? configuration.log?.level.logger ?? .info
    return Logger(label: "taskhook") { _ in
      LineLogHandler(level: level, format: format, colour: Colour.wanted(onTerminal: terminal))
    }
  }

  /// Opens the state and the event loops, as the daemon that holds the state.
  func open() async throws -> Daemon.Parts {
    let time = SystemTime()
    let store = try SQLiteStore.open(path: configuration.state, role: .daemon, time: time)
    let folder = URL(fileURLWithPath: configuration.state).deletingLastPathComponent()
    return try parts(store: store, besideState: folder, time: time)
  }

  /// The same on a state in memory, which ends with the process.
  func openInMemory() async throws -> Daemon.Parts {
    let time = SystemTime()
    return try parts(
      store: try SQLiteStore.inMemory(time: time), besideState: FileManager.default.temporaryDirectory,
      time: time)
  }

  private func parts(store: any Store, besideState folder: URL, time: SystemTime) throws -> Daemon.Parts {
    // A thread each: a flood of deliveries does not make polls late, and neither waits for a disk.
    let polling = try CurlLoop()
    let delivering = try CurlLoop()
    let saving = try CurlLoop()
    let environment = ProcessInfo.processInfo.environment
    let mask = configuration.mask
    let hooks = configuration.hooks.map { hook in
      Dispatcher.Entry(
        name: hook.name,
        hook: hook.value.hook(
          transport: delivering, time: time, environment: environment, hiding: mask),
        rules: hook.value.rules)
    }
    return Daemon.Parts(
      store: store, loop: polling,
      sources: configuration.sources.map { source in
        Daemon.SourcePart(
          name: source.name,
          provider: MappedProvider(
            source.value.provider, timeout: source.value.rules.timeout, wall: { time.wall }),
          rules: source.value.rules, outputs: source.value.outputs?.settings,
          baseURL: source.value.provider.baseURL.description, connection: source.value.provider.connection)
      },
      saving: Daemon.SavingPart(
        partsFolder: folder.appendingPathComponent(".taskhook-parts").path, transport: saving),
      hooks: hooks,
      router: RuleRouter(configuration.hooks.map { ($0.name, $0.value.rule) }),
      tasks: configuration.tasks, tasksFrom: configuration.tasksFrom,
      retention: configuration.retention, time: time)
  }
}

/// All that is wrong in a config.
struct ConfigFailure: Error {
  let errors: [ConfigDiagnostic]
  /// Errors beyond those.
  let unlisted: Int

  var lines: [String] {
    errors.map(\.description) + (unlisted > 0 ? ["… and \(unlisted) more"] : [])
  }
}

extension LogSection.Level {
  fileprivate var logger: Logger.Level {
    switch self {
    case .debug: .debug
    case .info: .info
    case .notice: .notice
    case .warning: .warning
    case .error: .error
    }
  }
}
