import Foundation
import Model
import Providers

/// A task's JSON as a person has it in a file, made into the event that its source would tell.
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

  /// Reads the JSON as the source's provider reads an answer, an envelope around it included.
  /// - Throws: `Failure` where it is no task of this API.
  func event(_ json: [UInt8], named file: String, _ circumstances: Circumstances) throws -> Event {
    let observation = try observation(json, named: file)
    let words = settings.mapping.read
    let task = try JSONDocument(observation.task).root
    let id = words.id.lazy.compactMap { $0.first(in: task) }.first { !$0.isNull }
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
      watchedSince: Timestamp(milliseconds: circumstances.timestamp.milliseconds - 92_000))
  }

  private func observation(_ json: [UInt8], named file: String) throws -> Observation {
    let provider = MappedProvider(settings, timeout: .seconds(1), wall: { SystemTime().wall })
    func refusal(_ reason: String) -> Failure {
      Failure(.usage, "\(Printable.line(file)): not a task of the source \(source): \(reason)")
    }
    if json.isEmpty { throw refusal("there is nothing in it") }
    switch provider.read(HTTPResponse(status: 200, body: json)) {
    case .observed(let observation): return observation
    case .notFound: throw refusal("it says that the task does not exist")
    case .gone(let reason): throw refusal(reason)
    case .refused(let reason), .failed(let reason): throw refusal(reason)
    case .throttled: throw refusal("it asks for a pause")
    case .unreadable(let reason, let hint): throw refusal("\(reason); \(hint)")
    }
  }

  /// A file's bytes, or with "-" those of standard input.
  static func read(_ path: String) throws -> [UInt8] {
    if path == "-" { return Array(FileHandle.standardInput.readDataToEndOfFile()) }
    guard let bytes = FileManager.default.contents(atPath: path) else {
      throw Failure(.usage, "\(Printable.line(path)): there is no such file, or it cannot be read")
    }
    return Array(bytes)
  }
}
