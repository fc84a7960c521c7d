import ArgumentParser
import Model
import Server

struct DeliveriesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "deliveries", abstract: "List deliveries.")

  @OptionGroup var place: StateOption
  @OptionGroup var output: JSONOption
  @Option(help: "Only deliveries of this hook.") var hook: String?
  @Option(help: "Only deliveries in this state; may be given again.") var state: [DeliveryState] = []
  @Flag(help: "Only dead deliveries.") var dead = false

  func run() async throws {
    try await reporting {
      try await StateFile.looking(place) { state, names in
        if let hook { try names.require(hook: hook) }
        let states = self.state + (dead ? [.dead] : [])
        var selection = DeliverySelection(hook: hook, states: states.isEmpty ? nil : states, limit: 1000)
        var shown: [DeliveryRow] = []
        while true {
          let page = try await state.deliveries(selection)
          if output.json {
            for delivery in page { StandardOutput.write(DeliveryJSON.bytes(delivery) + [UInt8(ascii: "\n")]) }
          } else {
            shown += page
          }
          guard page.count == selection.limit, let last = page.last else { break }
          selection.after = last.row
        }
        try await HookNotes.say(of: state, only: hook)
        if output.json { return }
        if shown.isEmpty { return StandardError.say("no deliveries") }
        for line in Listing.table(of: shown, now: SystemTime().wall) { StandardOutput.say(line) }
      }
    }
  }
}

extension DeliveryState: ExpressibleByArgument {}
