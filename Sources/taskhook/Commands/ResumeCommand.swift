import ArgumentParser
import Model

struct ResumeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume", abstract: "Take the pause off a hook, after a 410 or a long Retry-After.")

  @OptionGroup var place: StateOption
  @Argument(help: "The hook's name.") var hook: String

  func run() async throws {
    try await reporting {
      try await StateFile.steering(place) { state, names in
        try names.require(hook: hook)
        let was = try await state.resume(hook: hook)
        StandardError.say(was ? "hook \(hook) resumed" : "hook \(hook) was not paused")
      }
    }
  }
}
