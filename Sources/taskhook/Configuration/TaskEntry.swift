import Config
import Model
import Watching

/// An entry of `tasks:`: an id, or `{id, source, labels}`.
struct TaskEntry: Sendable {
  let id: String
  let source: String?
  let labels: [String: String]
  let node: ConfigNode

  /// The task, once the sources are known; nil where an error was reported.
  func resolved(sources: [String]) -> NewTask? {
    do throws(TaskLine.Refusal) {
      return try TaskLine.task(
        id: id, source: source, labels: labels, fallback: sources.count == 1 ? sources[0] : nil,
        sources: sources)
    } catch {
      node.fail(
        error.description,
        suggestion: source.flatMap { name in
          sources.contains(name) ? nil : Nearest.name(to: name, among: sources)
        })
      return nil
    }
  }
}

/// The mapping form of an entry.
private struct TaskSection: ConfigSection {
  enum Keys {
    static let id = Key("id", .string, required: true, doc: "The task's id.")
    static let source = Key("source", .string, defaultText: "the only source", doc: "Its source.")
    static let labels = Key(
      "labels", .map(of: .text), default: [], defaultText: "none", doc: "Labels that its events carry.")
  }

  static let keys: [AnyKey] = [AnyKey(Keys.id), AnyKey(Keys.source), AnyKey(Keys.labels)]
  let id: String
  let source: String?
  let labels: [String: String]

  init?(_ section: Section) {
    guard let id = section[Keys.id] else { return nil }
    self.id = id
    source = section[Keys.source]
    labels = Dictionary(section[Keys.labels].map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
  }
}

extension ValueType where Value == TaskEntry {
  static var task: ValueType<TaskEntry> {
    .either(
      ValueType<String>.string.refine { id, node in
        TaskEntry(id: id, source: nil, labels: [:], node: node)
      },
      ValueType<TaskSection>.section(TaskSection.self).refine { task, node in
        TaskEntry(id: task.id, source: task.source, labels: task.labels, node: node)
      })
  }
}
