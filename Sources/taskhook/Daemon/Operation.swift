import HTTP
import Logging
import Model
import Server
import ServiceLifecycle
import UnixSignals

/// A daemon as `run` has it: from the opening of its state to its close, with its server, and with what comes from
/// its service manager. It begins inside the service group, so that no signal comes before it is heeded.
struct Operation: Service {
  let path: String
  let assembly: Assembly
  let style: LogStyle
  let log: Logger

  func run() async throws {
    let hangups = await UnixSignalsSequence(trapping: .sighup)
    let manager = SystemdNotifier()
    let counting = Counting(Metrics())
    let ground = try assembly.ground(counting: counting)
    let plan = assembly.plan(on: ground)
    let daemon = try await Daemon.start(ground, plan, log: log)
    let host = ServerHost(daemon, counting: counting, passing: try CurlLoop(), log: log)
    do {
      await host.carryOut(try await host.prepare(plan.server))
    } catch {
      await daemon.stop()
      try await ground.store.close()
      throw Failure(.unavailable, "\(error)")
    }
    note(true, counting)
    manager.ready()
    StartupPages.release()
    await withTaskGroup { group in
      group.addTask { await self.reload(daemon, host, counting, at: hangups, manager) }
      group.addTask { await Self.watch(daemon, manager) }
      // Its end is the end of all.
      try? await withGracefulShutdownHandler {
        try await daemon.run()
      } onGracefulShutdown: {
        manager.stopping()
      }
      group.cancelAll()
    }
    await host.stop()
    try await ground.store.close()
  }

  // MARK: Reloading

  /// At each SIGHUP the config is read anew: a bad one is reported and the old one goes on untouched.
  private func reload(
    _ daemon: Daemon, _ host: ServerHost, _ counting: Counting, at hangups: UnixSignalsSequence,
    _ manager: SystemdNotifier
  ) async {
    var current = assembly.configuration
    for await _ in hangups {
      manager.reloading()
      do {
        current = try await adopt(daemon, host, instead: current)
        note(true, counting)
      } catch {
        log.error("config not reloaded, the old one goes on", metadata: ["reason": "\(error)"])
        note(false, counting)
      }
      manager.ready()
    }
  }

  private struct Refusal: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
  }

  /// Goes on by what the file says now. Where it throws, the old config holds.
  private func adopt(
    _ daemon: Daemon, _ host: ServerHost, instead old: Configuration
  ) async throws -> Configuration {
    let next: Assembly
    do { next = try Assembly.load(path) } catch let failure as ConfigFailure {
      for line in failure.lines { log.error("the config is not taken", metadata: ["error": "\(line)"]) }
      throw Refusal("the config has errors")
    } catch let failure as Failure {
      throw Refusal(failure.message)
    }
    guard next.configuration.state == old.state else {
      throw Refusal("state cannot change while taskhook runs: restart it for that")
    }
    let difference = PlanDifference(from: old.outline, to: next.configuration.outline)
    let plan = next.plan(on: daemon.ground)
    let change = try await host.prepare(plan.server)
    do {
      try await daemon.adopt(plan, changed: Set(difference.sources.changed))
    } catch {
      await host.discard(change)
      throw error
    }
    await host.carryOut(change)
    for warning in next.warnings { log.warning("config", metadata: ["warning": "\(warning)"]) }
    style.level = next.logLevel
    if difference.isEmpty {
      log.notice("config read again, nothing changed")
    } else {
      log.notice("config reloaded", metadata: difference.metadata)
    }
    return next.configuration
  }

  private func note(_ succeeded: Bool, _ counting: Counting) {
    counting.metrics.reloadSucceeded.set(succeeded ? 1 : 0)
    if succeeded { counting.metrics.reloadedAt.set(Double(SystemTime().wall.milliseconds) / 1000) }
  }

  // MARK: The watchdog

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
