import ArgumentParser
import Model

struct ShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show one task, its history and deliveries.")

  @OptionGroup var config: ConfigOption
  @OptionGroup var output: JSONOption
  @Option(help: "The task's source, where several know the id.") var source: String?
  @Argument(help: "The task's id.") var id: String

  func run() async throws {
    try await reporting {
      try await StateFile.looking(config) { state, outline in
        let hooks = try await state.hookStates()
        for task in try await state.matching(id, source: source, outline: outline) {
          let history = try await state.history(of: task.ref).map { entry in
            HistoryEntry(
              event: entry.event,
              deliveries: entry.deliveries.map {
                ($0.delivery.held(by: hooks[$0.delivery.hook]), $0.attempts)
              })
          }
          let pending = try await state.pendingSaves(after: task.row - 1, limit: 1)
            .first { $0.row == task.row }
          let report = TaskReport(task: task, history: history, save: SaveReport(pending, history))
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
