import ArgumentParser
import Model
import Server

struct ReplayCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay", abstract: "Send deliveries again, with the same ids.",
    discussion: "Name deliveries, or choose them; without names only --dead, --hook or --since choose any.")

  @OptionGroup var place: StateOption
  @OptionGroup var output: JSONOption
  @Argument(help: "Ids of deliveries, msg_….") var deliveries: [String] = []
  @Flag(help: "Dead deliveries only.") var dead = false
  @Option(help: "Deliveries of this hook only.") var hook: String?
  @Option(
    help: ArgumentHelp(
      "Deliveries created since then only: 2026-05-01T12:00:00Z, or a duration back such as 2h.",
      valueName: "time"))
  var since: String?
  @Flag(help: "Say what would be sent, send nothing.") var dryRun = false

  func validate() throws {
    if deliveries.isEmpty && !dead && hook == nil && since == nil {
      throw ValidationError("say which deliveries: their ids, --dead, --hook or --since")
    }
  }

  func run() async throws {
    try await reporting {
      try await StateFile.steering(place) { state, names in
        if let hook { try names.require(hook: hook) }
        let time = SystemTime()
        let from = try since.map { try Since.parse($0, now: time.wall) }
        let selection = DeliverySelection(
          ids: deliveries.isEmpty ? nil : deliveries, hook: hook, states: dead ? [.dead] : nil, since: from)
        let chosen = try await state.replay(selection, dryRun: dryRun)
        for id in deliveries where !chosen.contains(where: { $0.id == id }) {
          throw Failure(.usage, "no such delivery, or not one that these options choose: \(id)")
        }
        for delivery in chosen where output.json {
          StandardOutput.write(DeliveryJSON.bytes(delivery) + [UInt8(ascii: "\n")])
        }
        if !output.json && !chosen.isEmpty {
          for line in Listing.table(of: chosen, now: time.wall) { StandardOutput.say(line) }
        }
        let count = "\(chosen.count) \(chosen.count == 1 ? "delivery" : "deliveries")"
        StandardError.say(dryRun ? "\(count) would be sent again" : "\(count) will be sent again")
      }
    }
  }
}
