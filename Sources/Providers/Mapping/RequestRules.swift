import Config
import Model

/// The request that asks for a task.
package struct RequestRules: ConfigSection {
  package enum Method: String, Sendable, CaseIterable {
    case get = "GET"
    case post = "POST"
  }

  package enum Keys {
    static let method = Key("method", .word(Method.self), default: .get, doc: "Method of the request.")
    static let url = Key(
      "url",
      .template([.id], expected: "a path that begins with / and has {id} in it", example: "/v1/tasks/{id}")
        .refine { template, node in
          if node.text?.hasPrefix("/") == true, template.names(.id) { return template }
          node.fail("\(node.shown) is not that", expected: "a path that begins with / and has {id} in it")
          return nil
        },
      required: true, doc: "Path, and perhaps query, after `base_url`; `{id}` is the task's id.")
    static let headers = Key(
      "headers",
      .headers(
        of: .template(
          [.apiKey], expected: "a text, perhaps with {api_key} in it", example: "Bearer {api_key}")),
      default: [], defaultText: "none",
      doc: "Headers; one with `{api_key}` in it is left out where a source has no key.")
  }

  package static let keys = [AnyKey(Keys.method), AnyKey(Keys.url), AnyKey(Keys.headers)]

  package let method: Method
  /// What follows the base URL: begins with `/`, and `{id}` stands for the task's id, percent-encoded.
  package let url: Template
  /// `{api_key}` in a value stands for the source's key.
  package let headers: [NamedHeader<Template>]

  package init?(_ section: Section) {
    guard let url = section[Keys.url] else { return nil }
    method = section[Keys.method]
    self.url = url
    headers = section[Keys.headers]
  }
}
