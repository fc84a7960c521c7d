import ArgumentParser
import Config
import Model
import ServiceLifecycle
import Simulator
import UnixSignals

struct SimulateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate", abstract: "A stand-in for the task API on this machine.",
    discussion: """
      Plays CometAPI's Runway routes: creation by POST /runwayml/v1/image_to_video and its siblings, \
      GET /runwayml/v1/tasks/{id}, output files that expire. Tasks live random lives that follow from --seed. \
      An id that begins with "sim-" becomes a task when it is first asked for.
      """)

  @Option(
    help: ArgumentHelp("Address and port to listen on; port 0 for any free one.", valueName: "host:port"))
  var listen = "127.0.0.1:0"
  @Option(help: "Everything random follows from it.") var seed: UInt64 = 1
  @Option(help: "How much faster than real time tasks live; a task takes about 90 s at 1.") var speed = 1.0
  @Flag(help: "Answer tasks inside a gateway's envelope.") var envelope = false
  @Option(help: "How long each answer takes, such as 200ms.") var latency: DurationArgument?
  @Option(help: ArgumentHelp("Share of requests that end in trouble, from 0 to 1.", valueName: "share"))
  var errors = 0.0
  @Option(help: "Requests above it are answered with 429, such as 10/s.") var rate: RateArgument?
  @Option(help: "The key that requests must carry; without it any or none is taken.") var key: String?

  func run() async throws {
    try await reporting {
      let (host, port) = try Self.address(listen)
      let options = SimulatorOptions(
        host: host, port: port, seed: seed, speed: speed, envelope: envelope,
        latency: latency?.value ?? .zero, errors: errors, rate: rate?.value, key: key.map { Secret($0) })
      if let refusal = options.refusal { throw Failure(.usage, refusal) }
      let simulator = Simulator(options, time: SystemTime())
      let address: String
      do throws(SimulatorError) { address = try await simulator.start() } catch {
        throw Failure(.unavailable, error.description)
      }
      StandardOutput.say("listening on \(address)")
      let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
      for await _ in signals { break }
      await simulator.stop()
    }
  }

  private static func address(_ text: String) throws -> (host: String, port: Int) {
    guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
      (0...65535).contains(port), colon > text.startIndex
    else { throw Failure(.usage, "--listen \(text): expected HOST:PORT, such as 127.0.0.1:0") }
    let host = text[..<colon].trimmingPrefix("[")
    return (String(host.hasSuffix("]") ? host.dropLast() : host), port)
  }
}

/// A duration on the command line, in the config's spelling.
struct DurationArgument: ExpressibleByArgument {
  let value: Duration

  init(_ value: Duration) { self.value = value }

  var defaultValueDescription: String { DurationText.write(value) }

  init?(argument: String) {
    guard let value = try? DurationText.parse(argument) else { return nil }
    self.value = value
  }
}

/// A rate on the command line, in the config's spelling.
struct RateArgument: ExpressibleByArgument {
  let value: Rate

  init?(argument: String) {
    guard let value = try? RateText.parse(argument) else { return nil }
    self.value = value
  }
}
