import ArgumentParser
import Foundation
import Model
import Providers
import Watching

struct AddCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Have the daemon watch tasks.",
    discussion: """
      A running daemon takes them up within a second; without one they are watched from its next start. \
      "-" reads standard input: one id, or one JSON object {"id", "source", "labels", "url"}, a line.
      """)

  @OptionGroup var place: StateOption
  @Option(help: "The tasks' source; needed where there are several.") var source: String?
  @Option(
    name: .long, help: ArgumentHelp("A label for these tasks; may be given again.", valueName: "name=value"))
  var label: [String] = []
  @Option(
    name: .long,
    help: ArgumentHelp(
      "Where a task is asked for, where that is not made from its id; may be given again. Its id is the next ID, "
        + "or without any the URL's host and path.", valueName: "url"))
  var url: [String] = []
  @Flag(help: "Watch them anew even where they have ended.") var again = false
  @Argument(help: "Ids of tasks, or - for standard input.") var ids: [String] = []

  /// Tasks registered in one go.
  private static let batch = 50_000

  func validate() throws {
    if ids.isEmpty && url.isEmpty { throw ValidationError("Missing expected argument '<ids> ...'") }
    if !url.isEmpty, ids.contains("-") {
      throw ValidationError("--url and - do not go together: a line of standard input may have a \"url\"")
    }
    if !url.isEmpty, !ids.isEmpty, ids.count != url.count {
      throw ValidationError("--url: there must be as many URLs as ids, or no ids")
    }
  }

  func run() async throws {
    try await reporting {
      let labels = try LabelArguments.parse(label)
      try await StateFile.steering(place) { state, names in
        if let source { try names.require(source: source) }
        let fallback = source ?? (names.sources.count == 1 ? names.sources[0] : nil)
        var intake = Intake(
          state: state, again: again, addresses: state is FileState ? AddressCheck(place.config) : nil)
        for (index, id) in (ids.isEmpty ? url.map { _ in nil } : ids.map(Optional.some)).enumerated()
        where id != "-" {
          let address = url.isEmpty ? nil : url[index]
          await intake.take(named: id ?? "--url") { () throws(TaskLine.Refusal) in
            try TaskLine.task(
              id: id, url: address, source: nil, labels: labels, fallback: fallback,
              sources: names.sources)
          }
        }
        if ids.contains("-") {
          var number = 0
          for await lines in StandardInput.lines {
            for line in lines {
              number += 1
              await intake.take(named: "line \(number)") { () throws(TaskLine.Refusal) in
                var task = try TaskLine.read(line, source: fallback, sources: names.sources)
                task?.labels.merge(labels) { own, _ in own }
                return task
              }
              if intake.waiting >= Self.batch { try await intake.flush() }
            }
          }
        }
        try await intake.flush()
        try await intake.settle()
        intake.report(daemonRuns: try place.daemonRuns())
        if intake.refused > 0 { throw ExitStatus.usage.code }
      }
    }
  }

  /// What is being added, and what became of it.
  private struct Intake {
    let state: any StateAccess
    let again: Bool
    private var batch = Batch()
    /// The batch before, which is being registered while this one is read.
    private var pending: (batch: Batch, work: Task<[Registration], any Error>)?
    private var added = 0
    private var known = 0
    private(set) var refused = 0
    /// A daemon that is asked checks them itself.
    private let addresses: AddressCheck?

    private struct Batch {
      var tasks: [NewTask] = []
      /// What each of `tasks` was called where it came from.
      var origins: [String] = []
    }

    init(state: any StateAccess, again: Bool, addresses: AddressCheck?) {
      self.state = state
      self.again = again
      self.addresses = addresses
    }

    var waiting: Int { batch.tasks.count }

    mutating func take(named name: String, _ read: () throws(TaskLine.Refusal) -> NewTask?) async {
      do throws(TaskLine.Refusal) {
        guard var task = try read() else { return }
        task.again = again
        if task.url != nil { try addresses?.check(task) }
        batch.tasks.append(task)
        batch.origins.append(name)
      } catch {
        refuse(name, "\(error)")
      }
    }

    private mutating func refuse(_ name: String, _ reason: String) {
      refused += 1
      StandardError.say("taskhook: \(Printable.line(String(name.prefix(100)))): \(Printable.line(reason))")
    }

    /// Begins to register what waits, once the batch before is registered.
    mutating func flush() async throws {
      guard !batch.tasks.isEmpty else { return }
      try await settle()
      pending = (batch, Task { [state, batch] in try await state.register(batch.tasks) })
      batch = Batch()
    }

    /// Waits for what is being registered.
    mutating func settle() async throws {
      guard let (batch, work) = pending else { return }
      pending = nil
      for registration in try await registered(batch, by: work) {
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
    }

    /// Those that are refused are told and left out.
    private mutating func registered(
      _ batch: Batch, by work: Task<[Registration], any Error>
    ) async throws -> [Registration] {
      do { return try await work.value } catch let refusal as RegistrationRefusal {
        let refused = refusal.reasons.filter { batch.tasks.indices.contains($0.key) }
        guard !refused.isEmpty else { throw error(of: refusal) }
        for (place, reason) in refused.sorted(by: { $0.key < $1.key }) {
          refuse(batch.origins[place], reason)
        }
        let kept = batch.tasks.indices.filter { refused[$0] == nil }.map { batch.tasks[$0] }
        return kept.isEmpty ? [] : try await state.register(kept)
      }
    }

    private func error(of refusal: RegistrationRefusal) -> Failure {
      Failure(.usage, refusal.reasons.values.sorted().joined(separator: "; "))
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

/// Holds tasks with URLs of their own against what their source may ask. Where the config cannot be read as a whole
/// here, such as without the daemon's variables, the daemon alone does.
private final class AddressCheck {
  private let option: ConfigOption
  private lazy var providers: [String: MappedProvider] = {
    let sources = (try? Assembly.load(option.path))?.configuration.sources ?? []
    return Dictionary(
      uniqueKeysWithValues: sources.map {
        ($0.name, MappedProvider($0.value.provider, timeout: .seconds(1), wall: { SystemTime().wall }))
      })
  }()

  init(_ option: ConfigOption) { self.option = option }

  func check(_ task: NewTask) throws(TaskLine.Refusal) {
    guard let provider = providers[task.ref.source] else { return }
    do throws(AddressRefusal) {
      _ = try provider.request(for: TaskAddress(id: task.ref.id, url: task.url))
    } catch {
      throw TaskLine.Refusal(error.description)
    }
  }
}
