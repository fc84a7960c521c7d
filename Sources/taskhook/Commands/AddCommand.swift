import ArgumentParser
import Foundation
import Model
import Watching

struct AddCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Have the daemon watch tasks.",
    discussion: """
      A running daemon takes them up within a second; without one they are watched from its next start. \
      "-" reads standard input: one id, or one JSON object {"id", "source", "labels"}, a line.
      """)

  @OptionGroup var config: ConfigOption
  @Option(help: "The tasks' source; needed where there are several.") var source: String?
  @Option(
    name: .long, help: ArgumentHelp("A label for these tasks; may be given again.", valueName: "name=value"))
  var label: [String] = []
  @Flag(help: "Watch them anew even where they have ended.") var again = false
  @Argument(help: "Ids of tasks, or - for standard input.") var ids: [String]

  /// Tasks registered in one go.
  private static let batch = 10_000

  func run() async throws {
    try await reporting {
      let labels = try LabelArguments.parse(label)
      try await StateFile.steering(config) { state, outline in
        if let source { try outline.require(source: source) }
        let fallback = source ?? (outline.sources.count == 1 ? outline.sources[0] : nil)
        var intake = Intake(state: state, again: again)
        for id in ids where id != "-" {
          await intake.take(named: id) { () throws(TaskLine.Refusal) in
            try TaskLine.task(
              id: id, source: nil, labels: labels, fallback: fallback, sources: outline.sources)
          }
        }
        if ids.contains("-") {
          var number = 0
          for await line in StandardInput.lines {
            number += 1
            await intake.take(named: "line \(number)") { () throws(TaskLine.Refusal) in
              var task = try TaskLine.read(line, source: fallback, sources: outline.sources)
              task?.labels.merge(labels) { own, _ in own }
              return task
            }
            if intake.waiting >= Self.batch { try await intake.flush() }
          }
        }
        try await intake.flush()
        intake.report(daemonRuns: StateFile.isHeld(outline.state))
        if intake.refused > 0 { throw ExitStatus.usage.code }
      }
    }
  }

  /// What is being added, and what became of it.
  private struct Intake {
    let state: any Store
    let again: Bool
    private var tasks: [NewTask] = []
    private var added = 0
    private var known = 0
    private(set) var refused = 0

    init(state: any Store, again: Bool) {
      self.state = state
      self.again = again
    }

    var waiting: Int { tasks.count }

    mutating func take(named name: String, _ read: () throws(TaskLine.Refusal) -> NewTask?) async {
      do throws(TaskLine.Refusal) {
        guard var task = try read() else { return }
        task.again = again
        tasks.append(task)
      } catch {
        refused += 1
        StandardError.say("taskhook: \(Printable.line(String(name.prefix(100)))): \(error)")
      }
    }

    mutating func flush() async throws {
      guard !tasks.isEmpty else { return }
      for registration in try await state.register(tasks, mark: nil) {
        switch registration {
        case .added: added += 1
        case .known(let record):
          known += 1
          if known <= 20, let ending = record.ending {
            let end = ending == .terminal ? record.status ?? ending.rawValue : ending.rawValue
            StandardError.say("\(record.ref) has ended (\(end)); --again watches it anew")
          }
        }
      }
      tasks.removeAll(keepingCapacity: true)
    }

    func report(daemonRuns: Bool) {
      var parts = ["\(added) added"]
      if known > 0 { parts.append("\(known) already known") }
      if refused > 0 { parts.append("\(refused) refused") }
      let note =
        daemonRuns || added == 0 ? "" : "; no daemon is running: they are watched from its next start"
      StandardError.say(parts.joined(separator: ", ") + note)
    }
  }
}
