import ArgumentParser
import Model

struct RemoveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove", abstract: "Stop watching tasks.",
    discussion: "What was recorded stays, and deliveries that are under way still go out.")

  @OptionGroup var place: StateOption
  @Option(help: "The tasks' source; needed where there are several.") var source: String?
  @Argument(help: "Ids of tasks.") var ids: [String]

  func run() async throws {
    try await reporting {
      try await StateFile.steering(place) { state, _ in
        var refs: [TaskRef] = []
        for id in ids { refs += try await state.matching(id, source: source).map(\.ref) }
        let removed = Set(try await state.remove(refs))
        for ref in refs {
          StandardError.say("\(ref): \(removed.contains(ref) ? "removed" : "was not watched any more")")
        }
      }
    }
  }
}
