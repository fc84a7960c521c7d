import Config
import Model
import Watching

/// An entry of `tasks:`: an id, or `{id, source, labels, url}`.
struct TaskEntry: Sendable {
  let id: String?
  let url: String?
  let source: String?
  let labels: [String: String]
  let node: ConfigNode

  /// The task, once the sources are known; nil where an error was reported.
  func resolved(sources: [String]) -> NewTask? {
    do throws(TaskLine.Refusal) {
      return try TaskLine.task(
        id: id, url: url, source: source, labels: labels, fallback: sources.count == 1 ? sources[0] : nil,
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
    static let id = Key("id", .string, defaultText: "the URL's host and path", doc: "The task's id.")
    static let url = Key(
      "url", .url, defaultText: "made from the id", doc: "Where the task is asked for.")
    static let source = Key("source", .string, defaultText: "the only source", doc: "Its source.")
    static let labels = Key(
      "labels", .map(of: .text), default: [], defaultText: "none", doc: "Labels that its events carry.")
  }

  static let keys: [AnyKey] = [AnyKey(Keys.id), AnyKey(Keys.source), AnyKey(Keys.labels), AnyKey(Keys.url)]
  let id: String?
  let url: String?
  let source: String?
  let labels: [String: String]

  init?(_ section: Section) {
    id = section[Keys.id]
    url = section[Keys.url]
    if id == nil, url == nil {
      if !section.has(Keys.id), !section.has(Keys.url) {
        section.fail("the key \"id\" is missing", expected: "an id, or the URL that the task is asked by")
      }
      return nil
    }
    source = section[Keys.source]
    labels = Dictionary(section[Keys.labels].map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
  }
}

extension ValueType where Value == TaskEntry {
  static var task: ValueType<TaskEntry> {
    .either(
      ValueType<String>.string.refine { id, node in
        TaskEntry(id: id, url: nil, source: nil, labels: [:], node: node)
      },
      ValueType<TaskSection>.section(TaskSection.self).refine { task, node in
        TaskEntry(id: task.id, url: task.url, source: task.source, labels: task.labels, node: node)
      })
  }
}
