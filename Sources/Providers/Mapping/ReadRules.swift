import Config
import Model

/// Where an answer says what. Of several paths for a field the first that leads to something but null counts.
package struct ReadRules: ConfigSection {
  package enum Keys {
    static let envelope = Key(
      "envelope", .section(EnvelopeRules.self), defaultText: "none",
      doc: "How the task object may be wrapped into others.")
    static let id = Key("id", .jsonPaths, default: [], defaultText: "none", doc: "What names the task.")
    static let status = Key("status", .jsonPaths, required: true, doc: "The task's status.")
    static let states = Key(
      "states", .section(StateTable.self), required: true,
      doc: "What the API's words for its statuses mean, in any case; other words mean `unknown`.")
    static let progress = Key(
      "progress", .section(ProgressRule.self), defaultText: "none", doc: "How far the task is.")
    static let notFound = Key(
      "not_found", .section(NotFoundRules.self), defaultText: "HTTP 404",
      doc: "By what the API says that it does not know an id.")
    static let error = Key(
      "error", .section(ErrorRules.self), defaultText: "none",
      doc: "Where the API says what went wrong with a request.")
  }

  package static let keys = [
    AnyKey(Keys.envelope), AnyKey(Keys.id), AnyKey(Keys.status), AnyKey(Keys.states), AnyKey(Keys.progress),
    AnyKey(Keys.notFound), AnyKey(Keys.error),
  ]

  package let envelope: EnvelopeRules?
  /// Members that name the task.
  package let id: [JSONPath]
  package let status: [JSONPath]
  package let states: StateTable
  package let progress: ProgressRule?
  package let notFound: NotFoundRules
  package let error: ErrorRules

  package init?(_ section: Section) {
    guard let status = section[Keys.status], let states = section[Keys.states] else { return nil }
    envelope = section[Keys.envelope]
    id = section[Keys.id]
    self.status = status
    self.states = states
    progress = section[Keys.progress]
    notFound = section[Keys.notFound] ?? NotFoundRules()
    error = section[Keys.error] ?? ErrorRules()
  }
}
