import Config
import Model

/// Which requests create a task, and where their answers name it: for those who stand between the API and its
/// clients.
package struct CreateRules: ConfigSection {
  package enum Method: String, Sendable, CaseIterable {
    case post = "POST"
    case put = "PUT"
  }

  package enum Keys {
    static let method = Key("method", .word(Method.self), default: .post, doc: "Method of such requests.")
    static let url = Key(
      "url", .oneOrMany(of: .pathPattern), required: true,
      doc:
        "Paths of such requests after `base_url`: `*` stands for a part of a path without a slash, `**` at the end for all that follows."
    )
    static let id = Key(
      "id", .jsonPaths, required: true,
      doc: "Where the answer has the task's id: in the innermost object of an envelope that has one.")
    static let askedAt = Key(
      "asked_at", .jsonPaths, default: [], defaultText: "none; it follows from the id",
      doc: "Where the answer has the URL that the task is asked for with.")
    static let condition = Key(
      "if", .expectations, default: [], defaultText: "none",
      doc: "What the answer must say to be that of a task: paths, each with a value or some.")
  }

  package static let keys = [
    AnyKey(Keys.method), AnyKey(Keys.url), AnyKey(Keys.id), AnyKey(Keys.askedAt), AnyKey(Keys.condition),
  ]

  package let method: Method
  let url: [PathPattern]
  package let id: [JSONPath]
  package let askedAt: [JSONPath]
  let condition: [Expectation]

  package init?(_ section: Section) {
    guard let url = section[Keys.url], let id = section[Keys.id] else { return nil }
    method = section[Keys.method]
    self.url = url
    self.id = id
    askedAt = section[Keys.askedAt]
    condition = section[Keys.condition]
  }
}
