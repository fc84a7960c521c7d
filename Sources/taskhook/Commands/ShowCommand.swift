import ArgumentParser
import Model

struct ShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show one task, its history and deliveries.")

  @OptionGroup var place: StateOption
  @OptionGroup var output: JSONOption
  @Option(help: "The task's source, where several know the id.") var source: String?
  @Argument(help: "The task's id.") var id: String

  func run() async throws {
    try await reporting {
      try await StateFile.looking(place) { state, _ in
        for task in try await state.matching(id, source: source) {
          let report = try await state.report(of: task)
          if output.json {
            StandardOutput.write(report.json + [UInt8(ascii: "\n")])
          } else {
            for line in report.lines(now: SystemTime().wall) { StandardOutput.say(line) }
          }
        }
      }
    }
  }
}
