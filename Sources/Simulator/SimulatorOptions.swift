import Model

/// How the stand-in task API behaves.
package struct SimulatorOptions: Sendable {
  /// A name or address of this machine.
  package var host: String
  /// 0 for any free one.
  package var port: Int
  /// Everything random follows from it: ids, lifecycles, troubles.
  package var seed: UInt64
  /// How much faster than real time tasks live, above 0: at 100 a task of 90 s takes 0.9 s.
  package var speed: Double
  /// Whether tasks are answered inside a gateway's envelope.
  package var envelope: Bool
  /// How long each answer takes at the median, in real time: from half of it to half as much again, and one
  /// in a hundred eight times as long.
  package var latency: Duration
  /// The share of requests that end in trouble, from 0 to 1: 500, 502, 503, 504, 524, HTML pages, dropped,
  /// cut and hanging connections.
  package var errors: Double
  /// Requests of one key above it are answered with 429; nil for no limit. In real time.
  package var rate: Rate?
  /// The key that requests must carry; nil takes any or none.
  package var key: Secret?
  /// Whether an id that begins with `sim-` becomes a task when it is first asked for. All other ids that no
  /// request created are never known.
  package var adopt: Bool
  /// The longest a new id may be unknown (`task_not_exist`), in API time, though never longer than this in
  /// real time either; zero for not at all. The stock SDK asks 4.5 s after creation at the earliest, and
  /// takes an unknown id for an error.
  package var unknownFor: Duration
  /// The share of tasks that fail, from 0 to 1.
  package var failures: Double
  /// How long an output URL works, in API time. Runway's live 24 to 48 h.
  package var outputsLast: Duration

  package init(
    host: String = "127.0.0.1", port: Int = 0, seed: UInt64 = 1, speed: Double = 1, envelope: Bool = false,
    latency: Duration = .zero, errors: Double = 0, rate: Rate? = nil, key: Secret? = nil, adopt: Bool = true,
    unknownFor: Duration = .seconds(2), failures: Double = 0.12, outputsLast: Duration = .seconds(86400)
  ) {
    self.host = host
    self.port = port
    self.seed = seed
    self.speed = speed
    self.envelope = envelope
    self.latency = latency
    self.errors = errors
    self.rate = rate
    self.key = key
    self.adopt = adopt
    self.unknownFor = unknownFor
    self.failures = failures
    self.outputsLast = outputsLast
  }

  /// Why these options cannot be used, or nil where they can.
  package var refusal: String? {
    if host.isEmpty { return "the host to listen on is empty" }
    if !(0...65535).contains(port) { return "a port is from 0 to 65535, not \(port)" }
    if !(speed > 0 && speed <= 1e6) { return "the speed is above 0 and at most 1000000, not \(speed)" }
    if !(0...1).contains(errors) { return "the share of errors is from 0 to 1, not \(errors)" }
    if !(0...1).contains(failures) { return "the share of failures is from 0 to 1, not \(failures)" }
    if latency < .zero { return "the latency cannot be negative" }
    if unknownFor < .zero { return "the time an id is unknown cannot be negative" }
    if outputsLast <= .zero { return "output files have to last for some time" }
    if let rate, rate.count < 1 || rate.per <= .zero { return "the rate has to be above zero, not \(rate)" }
    return nil
  }
}

/// Why a stand-in could not start: operation, place, cause.
package struct SimulatorError: Error, Sendable, CustomStringConvertible {
  package var description: String

  init(_ description: String) { self.description = description }
}
