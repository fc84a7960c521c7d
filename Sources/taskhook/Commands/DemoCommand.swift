import ArgumentParser
import Delivering
import Foundation
import Hooks
import Model
import Simulator
import Synchronization

struct DemoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo", abstract: "Simulate, run and receive in one process: see it work without a key.")

  @Option(help: "How many tasks.") var tasks = 6
  @Option(help: "Everything random follows from it.") var seed: UInt64 = 7
  @Option(help: "How much faster than real time tasks live; a task takes about 90 s at 1.") var speed = 25.0

  func validate() throws {
    guard (1...1000).contains(tasks) else { throw ValidationError("--tasks is from 1 to 1000") }
    guard speed >= 1 else { throw ValidationError("--speed is at least 1") }
  }

  func run() async throws {
    try await reporting {
      let secret = "whsec_" + Data((0..<32).map { _ in UInt8.random(in: 0...255) }).base64EncodedString()
      let signing = try SigningSecret(Secret(secret))
      let show = DemoReport(
        tasks: tasks, signing: signing, colour: Colour.wanted(onTerminal: StandardOutput.isTerminal))
      let api = Simulator(
        SimulatorOptions(seed: seed, speed: speed, errors: 0.05), time: SystemTime())
      let receiver = Receiver(flaky: 0.2, seed: seed) { show.received($0) }
      let apiAddress: String
      let receiverAddress: String
      do {
        apiAddress = try await api.start()
        receiverAddress = try await receiver.start()
      } catch {
        throw Failure(.unavailable, "\(error)")
      }
      let assembly = try Assembly.compose(
        Self.config, name: "demo",
        values: ["API": apiAddress, "RECEIVER": receiverAddress + "/hooks/video", "SECRET": secret])
      show.begin(config: Self.config, api: apiAddress, receiver: receiverAddress)

      var ground = try assembly.groundInMemory()
      ground.deliveryObserver = show
      ground.eventObserver = { show.told($0) }
      var plan = assembly.plan(on: ground)
      plan.tasks = (0..<tasks).map { _ in NewTask(ref: TaskRef(source: "runway", id: api.create())) }
      let daemon = try await Daemon.start(ground, plan, log: assembly.logger(level: .error))
      let finished = try await show.finished(daemon, within: Self.patience(tasks, speed))
      await daemon.stop()
      await receiver.stop()
      await api.stop()
      show.summary()
      if !finished || !show.allIsWell {
        throw Failure(.internalFault, "the demo did not come to its end as it should")
      }
    }
  }

  /// Tasks take 90 s at the median and rarely more than 10 minutes, at speed 1.
  private static func patience(_ tasks: Int, _ speed: Double) -> Duration {
    .seconds(60 + 1200 / speed + Double(tasks) / 10)
  }

  private static let config = """
    sources:
      runway:
        provider: runway
        base_url: ${API}              # the stand-in that `taskhook simulate` plays
        poll: {every: 250ms, rate: 100/s}
    hooks:
      pipeline:
        on: change
        webhook:
          url: ${RECEIVER}
          secret: ${SECRET}           # signs every request (Standard Webhooks)
        retry: {schedule: [500ms, 1s, 2s, 4s, 8s]}
      script:
        on: done
        run: 'bytes=$$(wc -c) && echo "$$TASKHOOK_STATUS, $$bytes bytes of task JSON on stdin"'

    """
}

/// What the demo shows, and what it adds up to.
private final class DemoReport: DeliveryObserver {
  private struct State {
    var open: Int
    var ends: [String: Int] = [:]
    var events = 0
    var delivered: [String: Int] = [:]
    var failedAttempts = 0
    var dead = 0
    var verified = 0
    var forged = 0
  }

  private let tasks: Int
  private let signing: SigningSecret
  private let colour: Bool
  private let time = SystemTime()
  private let begun: Moment
  private let state: Mutex<State>

  init(tasks: Int, signing: SigningSecret, colour: Bool) {
    self.tasks = tasks
    self.signing = signing
    self.colour = colour
    begun = time.now
    state = Mutex(State(open: tasks))
  }

  var allIsWell: Bool { state.withLock { $0.open == 0 && $0.dead == 0 && $0.forged == 0 } }

  func begin(config: String, api: String, receiver: String) {
    StandardOutput.say("task API (simulated) on \(api), webhook receiver on \(receiver); the config:\n")
    for line in config.split(separator: "\n") { StandardOutput.say("    \(line)") }
    StandardOutput.say("")
  }

  func told(_ events: [BoundEvent]) {
    for event in events.map(\.event) {
      state.withLock { state in
        state.events += 1
        if event.state?.isTerminal == true || [.notFound, .lost, .timedOut].contains(event.type) {
          state.open -= 1
          state.ends[event.status ?? event.type.name, default: 0] += 1
        }
      }
      let change =
        event.type.isTransition
        ? "\(event.previousStatus ?? "·") → \(event.status ?? "·")" : event.type.name
      let code =
        switch event.state {
        case .succeeded: "32"
        case .failed, .cancelled: "31"
        default: "36"
        }
      line("task", event.taskID.map(Self.short) ?? event.source, change, code)
    }
  }

  func received(_ request: ReceivedWebhook) {
    let id = request.header("webhook-id") ?? ""
    let expected = WebhookSignature.header(
      id: id, timestamp: Int64(request.header("webhook-timestamp") ?? "") ?? 0, body: request.body,
      secrets: [signing])
    let isGenuine = request.header("webhook-signature") == expected
    state.withLock { state in
      if isGenuine { state.verified += 1 } else { state.forged += 1 }
    }
  }

  func attempted(_ delivery: ClaimedDelivery, hook: String, settlement: Settlement) {
    state.withLock { state in
      switch settlement.result {
      case .delivered: state.delivered[hook, default: 0] += 1
      case .retry: state.failedAttempts += 1
      case .dead: state.dead += 1
      }
    }
    let what: String
    var code = "32"
    switch settlement.result {
    case .delivered where hook == "script":
      what = "ran: " + settlement.attempt.detail.trimmingCharacters(in: .whitespacesAndNewlines)
    case .delivered:
      what =
        "delivered \(delivery.event.type.name) (HTTP \(settlement.attempt.code ?? 0), attempt \(settlement.attempt.number))"
    case .retry(let at):
      let wait = max(.zero, at - time.now).milliseconds
      what = "\(delivery.event.type.name) failed: \(settlement.attempt.error ?? ""); again in \(wait) ms"
      code = "33"
    case .dead:
      what = "\(delivery.event.type.name) is dead: \(settlement.attempt.error ?? "")"
      code = "31"
    }
    line(hook, delivery.event.taskID.map(Self.short) ?? "", what, code)
  }

  /// Waits for the end of all tasks and deliveries; answers whether it came in time.
  func finished(_ daemon: Daemon, within patience: Duration) async throws -> Bool {
    let deadline = time.now + patience
    while time.now < deadline {
      try await Task.sleep(for: .milliseconds(50))
      if state.withLock({ $0.open }) == 0, await daemon.isDone() { return true }
    }
    return false
  }

  func summary() {
    let state = state.withLock { $0 }
    let ends = state.ends.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
    StandardOutput.say(
      """

      \(tasks) tasks: \(ends.isEmpty ? "none ended" : ends). \(state.events) transitions.
      \(state.delivered["pipeline"] ?? 0) webhooks delivered, \(state.delivered["script"] ?? 0) scripts run, \
      \(state.failedAttempts) attempts failed and were made again, \(state.dead) deliveries dead.
      \(state.verified) of \(state.verified + state.forged) requests carried a valid signature.
      """)
  }

  private func line(_ who: String, _ task: String, _ what: String, _ code: String) {
    let at = String(format: "%6.2fs", (time.now - begun).seconds)
    let name = who.padding(toLength: 9, withPad: " ", startingAt: 0)
    let text = Printable.line(what)
    StandardOutput.say("\(at)  \(name) \(task)  \(colour ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text)")
  }

  private static func short(_ id: String) -> String { String(id.prefix(8)) }
}
