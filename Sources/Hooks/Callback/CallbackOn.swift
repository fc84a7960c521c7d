import Config
import Model

/// `on` of a callback: the language of a hook's `on`, written in JSON.
enum CallbackOn {
  struct Reading {
    var rule: CallbackRule
    /// The same JSON without spaces, on one line.
    var text: String
  }

  struct Mistake: Error, Equatable {
    var reason: String
  }

  /// Reads JSON by the reader of the config, which takes `${…}` for something to put in: here it means itself.
  static func read(_ json: [UInt8], knowing knowledge: RuleKnowledge) -> Result<Reading, Mistake> {
    let document: JSONDocument
    do throws(JSONSyntaxError) {
      document = try JSONDocument(json)
    } catch {
      return .failure(Mistake(reason: "is no JSON: \(error)"))
    }
    var text = JSONWriter()
    write(document.root, into: &text) { $0 }
    var config = JSONWriter()
    config.object { writer in
      writer.key("on")
      write(document.root, into: &writer) { $0.replacing("$", with: "$$") }
    }
    let diagnostics = Diagnostics()
    let root = ConfigFile.parse(config.bytes, name: "on", folder: "/", diagnostics: diagnostics)
    let matchers: [EventMatcher]? = root.flatMap { root in
      guard let node = root["on"] else {
        root.fail("nothing stands here", expected: OnReader.expected)
        return nil
      }
      let matchers = OnReader(knowledge: knowledge).read(node)
      matchers?.forEach { refuse($0, at: node) }
      return matchers
    }
    guard let matchers, !diagnostics.hasErrors else {
      return .failure(Mistake(reason: diagnostics.errors.map(words).joined(separator: ". ")))
    }
    return .success(
      Reading(rule: CallbackRule(on: matchers), text: String(decoding: text.bytes, as: UTF8.self)))
  }

  /// Events of sources and hooks are those of no task.
  private static func refuse(_ matcher: EventMatcher, at node: ConfigNode) {
    guard case .type(let type) = matcher, !type.name.hasPrefix("task.") else { return }
    node.fail("\(type.name) is no event of a task, and a callback is told of its task alone")
  }

  /// What a person is told, without a place in a file that nobody has: `[1].from: "RUNING" is no status …`.
  private static func words(_ diagnostic: ConfigDiagnostic) -> String {
    var told = diagnostic
    told.file = ""
    told.position = nil
    told.path = ""
    let place = diagnostic.path.hasPrefix("on") ? String(diagnostic.path.dropFirst(2)) : diagnostic.path
    return (place.isEmpty ? "" : place + ": ") + told.description.dropFirst(2)
  }

  private static func write(
    _ value: JSONSlice, into writer: inout JSONWriter, _ change: (String) -> String
  ) {
    switch value.kind {
    case .null, .bool, .number: writer.raw(Array(value.bytes))
    case .string: writer.string(value.string.map(change))
    case .array:
      writer.array { writer in for element in value.elements { write(element, into: &writer, change) } }
    case .object:
      writer.object { writer in
        for (key, value) in value.members {
          writer.key(key)
          write(value, into: &writer, change)
        }
      }
    }
  }
}
