import Foundation
import Model
import Providers

/// What an API answered, as a person has it in a file, made into the event that its source would tell.
struct TaskSample {
  /// What of the event is not in the JSON.
  struct Circumstances {
    /// Nil for the transition to the task's status.
    var type: EventType?
    /// The status before; nil for the first sight.
    var previousStatus: String?
    var labels: [String: String] = [:]
    var timestamp: Timestamp
  }

  let source: String
  let settings: ProviderSettings

  /// An answer, and that to the second request where there is one.
  struct Answer {
    var json: [UInt8]
    var http = 200
    var result: [UInt8]?
    var resultHTTP = 200
  }

  /// How the source's provider reads an answer, an envelope around it included.
  func trace(_ answer: Answer) -> AnswerTrace {
    let provider = MappedProvider(settings, timeout: .seconds(1), wall: { SystemTime().wall })
    return provider.trace(
      HTTPResponse(status: answer.http, body: answer.json),
      result: answer.result.map { HTTPResponse(status: answer.resultHTTP, body: $0) })
  }

  /// The event that an answer would be told as.
  /// - Throws: `Failure` where it shows no task of this API.
  func event(_ step: PollStep, named file: String, _ circumstances: Circumstances) throws -> Event {
    let observation = try observation(step, named: file)
    let words = settings.mapping.read
    let task = try JSONDocument(observation.task).root
    let id = words.id.first(in: task)
    let type = circumstances.type ?? .task(observation.state)
    // The watcher's own events tell of a task that stands as it stood before.
    let previous = type.isTransition ? circumstances.previousStatus : observation.status
    return Event(
      type: type, source: source, taskID: id.map { $0.string ?? String(decoding: $0.bytes, as: UTF8.self) },
      sequence: previous == nil ? 1 : 2, timestamp: circumstances.timestamp, status: observation.status,
      state: observation.state, previousStatus: previous,
      previousState: previous.map(words.states.state(of:)),
      progress: observation.progress, previousProgress: type == .progress ? 0 : nil,
      labels: circumstances.labels, task: observation.task,
      reason: type.isTransition || type == .progress ? nil : SampleEvents.reason,
      createdAt: observation.createdAt,
      watchedSince: Timestamp(milliseconds: circumstances.timestamp.milliseconds - 92_000))
  }

  private func observation(_ step: PollStep, named file: String) throws -> Observation {
    func refusal(_ reason: String) -> Failure {
      Failure(.usage, "\(Printable.line(file)): not a task of the source \(source): \(reason)")
    }
    switch step {
    case .ask(let request):
      throw Failure(
        .usage,
        "\(Printable.line(file)): what became of the task, the API tells at \(SecretURL(request.url)): give what it "
          + "answers there with --result FILE")
    case .read(.observed(let observation)): return observation
    case .read(.notFound): throw refusal("it says that the task does not exist")
    case .read(.throttled): throw refusal("it asks for a pause")
    case .read(.refused(let reason)), .read(.gone(let reason)), .read(.failed(let reason)):
      throw refusal(reason)
    case .read(.unreadable(let reason, let hint)): throw refusal("\(reason); \(hint)")
    }
  }

  /// A file's bytes, or with "-" those of standard input.
  static func read(_ path: String) throws -> [UInt8] {
    let bytes =
      path == "-"
      ? FileHandle.standardInput.readDataToEndOfFile() : FileManager.default.contents(atPath: path)
    guard let bytes else {
      throw Failure(.usage, "\(Printable.line(path)): there is no such file, or it cannot be read")
    }
    if bytes.isEmpty { throw Failure(.usage, "\(Printable.line(path)): there is nothing in it") }
    return Array(bytes)
  }
}
