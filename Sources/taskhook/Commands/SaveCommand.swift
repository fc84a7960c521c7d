import ArgumentParser
import Model
import Providers

struct SaveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "save", abstract: "Save the output files of ended tasks again.",
    discussion: """
      For what could not be saved, or was lost since: files that are there already are not fetched again. A running \
      daemon takes it up within a second; without one it is done from its next start.
      """)

  @OptionGroup var config: ConfigOption
  @Option(help: "The tasks' source, where several know the id.") var source: String?
  @Argument(help: "Ids of tasks.") var ids: [String]

  func run() async throws {
    try await reporting {
      let configuration = try Assembly.load(config.path).configuration
      try await StateFile.steeringFile(config) { state, outline in
        var refused = 0
        for id in ids {
          for task in try await FileState(state).matching(id, source: source) {
            do {
              let count = try await order(task, configuration, state)
              StandardError.say("\(Printable.line(task.ref.description)): files to be saved: \(count)")
            } catch let failure as Failure {
              refused += 1
              StandardError.say("taskhook: \(Printable.line(task.ref.description)): \(failure.message)")
            }
          }
        }
        if refused < ids.count, !StateFile.isHeld(outline.state) {
          StandardError.say("no daemon is running: they are saved from its next start")
        }
        if refused > 0 { throw ExitStatus.usage.code }
      }
    }
  }

  /// Orders the saving of a task's outputs; answers how many there are.
  private func order(
    _ task: TaskRecord, _ configuration: Configuration, _ state: any Store
  ) async throws -> Int {
    guard let source = configuration.sources.first(where: { $0.name == task.ref.source })?.value else {
      throw Failure(.config, "the config has no source of that name")
    }
    guard source.outputs != nil else {
      throw Failure(.config, "the source keeps no outputs: give it `outputs: {save_to: …}`")
    }
    let success = try await state.history(of: task.ref).last { $0.event.type == .task(.succeeded) }
    guard let body = success?.event.task else {
      throw Failure(.usage, "it has not succeeded, as far as is known: it has no outputs")
    }
    let provider = MappedProvider(
      source.provider, timeout: source.rules.timeout, wall: { SystemTime().wall })
    let outputs = provider.outputs(of: body, at: TaskAddress(id: task.ref.id, url: task.url))
    guard !outputs.isEmpty, try await state.save(task.ref, outputs: outputs) else {
      throw Failure(.usage, "its success named no output files")
    }
    return outputs.count
  }
}
