import ArgumentParser
import Model

@main
struct TaskhookCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "taskhook",
    abstract: "Webhooks for APIs that only let you poll.",
    discussion: """
      Polls asynchronous tasks and, on every status transition, fires webhooks or runs shell hooks with the task \
      JSON on standard input. `taskhook demo` shows it at work without a key; `taskhook init` writes a config.
      """,
    version: Version.current,
    subcommands: [
      RunCommand.self, WatchCommand.self, AddCommand.self, RemoveCommand.self, TasksCommand.self,
      ShowCommand.self, DeliveriesCommand.self, ReplayCommand.self, ResumeCommand.self, CheckCommand.self,
      ExplainCommand.self, TestCommand.self, SaveCommand.self, ProvidersCommand.self, InitCommand.self,
      SimulateCommand.self, DemoCommand.self, TailCommand.self,
    ])

  static func main() async {
    StandardStreams.open()
    await main(nil)
  }
}
