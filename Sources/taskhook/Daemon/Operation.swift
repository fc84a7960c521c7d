import Logging
import Model
import ServiceLifecycle
import UnixSignals

/// A daemon as `run` has it: from the opening of its state to its close, with what comes from its service manager.
/// It begins inside the service group, so that no signal comes before it is heeded.
struct Operation: Service {
  let path: String
  let assembly: Assembly
  let style: LogStyle
  let log: Logger

  func run() async throws {
    let hangups = await UnixSignalsSequence(trapping: .sighup)
    let manager = SystemdNotifier()
    let ground = try assembly.ground()
    let daemon = try await Daemon.start(ground, assembly.plan(on: ground), log: log)
    manager.ready()
    await withTaskGroup { group in
      group.addTask { await self.reload(daemon, at: hangups, manager) }
      group.addTask { await Self.watch(daemon, manager) }
      // Its end is the end of all.
      try? await withGracefulShutdownHandler {
        try await daemon.run()
      } onGracefulShutdown: {
        manager.stopping()
      }
      group.cancelAll()
    }
    try await ground.store.close()
  }

  /// At each SIGHUP the config is read anew: a bad one is reported and the old one goes on untouched.
  private func reload(_ daemon: Daemon, at hangups: UnixSignalsSequence, _ manager: SystemdNotifier) async {
    var current = assembly.configuration
    for await _ in hangups {
      manager.reloading()
      if let next = await reloaded(daemon, current) { current = next }
      manager.ready()
    }
  }

  /// The config that holds from now on; nil where the old one does.
  private func reloaded(_ daemon: Daemon, _ old: Configuration) async -> Configuration? {
    let next: Assembly
    do { next = try Assembly.load(path) } catch let failure as ConfigFailure {
      for line in failure.lines { log.error("the config is not taken", metadata: ["error": "\(line)"]) }
      return refused(daemon, "the config has errors")
    } catch {
      return refused(daemon, "\(error)")
    }
    guard next.configuration.state == old.state else {
      return refused(daemon, "state cannot change while taskhook runs: restart it for that")
    }
    let difference = PlanDifference(from: old.outline, to: next.configuration.outline)
    do {
      try await daemon.adopt(next.plan(on: daemon.ground), changed: Set(difference.sources.changed))
    } catch {
      return refused(daemon, "\(error)")
    }
    for warning in next.warnings { log.warning("config", metadata: ["warning": "\(warning)"]) }
    style.level = next.logLevel
    if difference.isEmpty {
      log.notice("config read again, nothing changed")
    } else {
      log.notice("config reloaded", metadata: difference.metadata)
    }
    return next.configuration
  }

  private func refused(_ daemon: Daemon, _ reason: String) -> Configuration? {
    log.error("config not reloaded, the old one goes on", metadata: ["reason": "\(reason)"])
    return nil
  }

  /// Tells the watchdog that the poll loop gets on; where it does not, nothing is told, and the manager acts.
  private static func watch(_ daemon: Daemon, _ manager: SystemdNotifier) async {
    guard let watchdog = manager.watchdog else { return }
    let time = daemon.ground.time
    var told: String?
    while !Task.isCancelled {
      let trouble = await daemon.pollTrouble()
      if let trouble {
        if told != trouble {
          daemon.log.critical("the watchdog is not fed", metadata: ["reason": "\(trouble)"])
        }
      } else {
        manager.beat()
      }
      told = trouble
      // Half of it, as sd_watchdog_enabled(3) advises.
      try? await time.sleep(until: time.now + watchdog / 2)
    }
  }
}
