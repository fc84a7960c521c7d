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

  var logLevel: Logger.Level { configuration.log?.level.logger ?? .info }

  func logStyle(level: Logger.Level? = nil) -> LogStyle {
    let terminal = StandardError.isTerminal
    return LogStyle(
      level: level ?? logLevel, format: configuration.log?.format ?? (terminal ? .text : .json),
      colour: Colour.wanted(onTerminal: terminal))
  }

  func logger(level: Logger.Level) -> Logger {
    let style = logStyle(level: level)
    return Logger(label: "taskhook") { _ in LineLogHandler(style) }
  }

  /// Opens the state and the event loops, as the daemon that holds the state.
  func ground(counting: Counting) throws -> Ground {
    let time = SystemTime()
    let store = try SQLiteStore.open(path: configuration.state, role: .daemon, time: time) { operations in
      counting.metrics.committed(operations: operations)
    }
    let folder = URL(fileURLWithPath: configuration.state).deletingLastPathComponent()
    var ground = try ground(store: store, besideState: folder, time: time)
    ground.watchObserver = counting
    ground.deliveryObserver = counting
    ground.eventObserver = { counting.recorded($0) }
    return ground
  }

  /// The same on a state in memory, which ends with the process.
  func groundInMemory() throws -> Ground {
    let time = SystemTime()
    return try ground(
      store: try SQLiteStore.inMemory(time: time), besideState: FileManager.default.temporaryDirectory,
      time: time)
  }

  private func ground(store: any Store, besideState folder: URL, time: SystemTime) throws -> Ground {
    Ground(
      store: store, polling: try CurlLoop(), delivering: try CurlLoop(), saving: try CurlLoop(),
      partsFolder: folder.appendingPathComponent(".taskhook-parts").path, time: time)
  }

  /// What the config asks for, made ready to be done there.
  func plan(on ground: Ground) -> Plan {
    Plan(
      sources: configuration.sources.map { plan(of: $0, on: ground) },
      hooks: configuration.hooks.map { plan(of: $0, on: ground) },
      router: RuleRouter(configuration.hooks.map { ($0.name, $0.value.rule) }),
      callbacks: callbacks(on: ground),
      callbackReader: CallbackReader(
        knowing: configuration.knowledge, allow: configuration.server?.callbackPlaces ?? []),
      tasks: configuration.tasks, tasksFrom: configuration.tasksFrom, retention: configuration.retention,
      heartbeat: configuration.heartbeat, server: configuration.server)
  }

  /// Those that are recorded go out whether the server is on or not.
  private func callbacks(on ground: Ground) -> Dispatcher.CallbackEntry {
    let hook = CallbackHook(
      allow: configuration.server?.callbackPlaces ?? [], transport: ground.delivering, time: ground.time,
      hiding: configuration.mask)
    return { name in
      Dispatcher.Entry(name: name, hook: hook, rules: DeliveryRules(retry: .webhook, concurrency: 16))
    }
  }

  private func plan(of source: Named<SourceSection>, on ground: Ground) -> SourcePlan {
    let settings = source.value.provider
    return SourcePlan(
      name: source.name, kind: source.value.kind,
      provider: MappedProvider(
        settings, timeout: source.value.rules.timeout, wall: { [time = ground.time] in time.wall }),
      rules: source.value.rules, outputs: source.value.outputs?.settings,
      baseURL: settings.baseURL.description, connection: settings.connection)
  }

  private func plan(of hook: Named<ResolvedHook>, on ground: Ground) -> HookPlan {
    let made = hook.value.hook(
      transport: ground.delivering, time: ground.time, environment: ProcessInfo.processInfo.environment,
      hiding: configuration.mask)
    let sources = configuration.sources.map(\.name)
    let sample: @Sendable (Timestamp) -> Attempt = { now in
      Samples.attempt(of: hook.name, rule: hook.value.rule, sources: sources, at: now)
    }
    return HookPlan(
      entry: Dispatcher.Entry(name: hook.name, hook: made, rules: hook.value.rules),
      action: hook.value.kind, target: made.preview(sample(ground.time.wall)).action, sample: sample)
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
