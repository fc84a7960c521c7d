import ArgumentParser
import Model
import Server

struct TasksCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tasks", abstract: "List tasks.",
    discussion:
      """
      Read from the state file, progress and last_polled are as of the last recorded change; a running daemon notes \
      the latter for 500 tasks of a source every 30 s. Where its server is on, the daemon tells them as they are.
      """
  )

  @OptionGroup var place: StateOption
  @OptionGroup var output: JSONOption
  @Option(help: "Only tasks of this source.") var source: String?
  @Option(help: "Only tasks in this state; may be given again.") var state: [TaskState] = []
  @Flag(help: "Only tasks that are still watched.") var watched = false

  func run() async throws {
    try await reporting {
      try await StateFile.looking(place) { state, names in
        if let source { try names.require(source: source) }
        var query = TaskQuery(
          source: source, states: self.state.isEmpty ? nil : self.state, watchedOnly: watched)
        let now = SystemTime().wall
        var shown: [TaskRecord] = []
        while true {
          let page = try await state.tasks(query)
          if output.json {
            for task in page { StandardOutput.write(TaskJSON.bytes(task) + [UInt8(ascii: "\n")]) }
          } else {
            shown += page
          }
          guard page.count == query.limit, let last = page.last else { break }
          query.after = last.row
        }
        try await HookNotes.say(of: state)
        if output.json { return }
        if shown.isEmpty { return StandardError.say("no tasks") }
        for line in Listing.table(of: shown, now: now) { StandardOutput.say(line) }
      }
    }
  }
}

extension TaskState: ExpressibleByArgument {}
