import Config
import Model

/// The request that asks for a task, or for several.
package struct RequestRules: ConfigSection {
  package enum Method: String, Sendable, CaseIterable {
    case get = "GET"
    case post = "POST"
  }

  /// By what a task is asked for.
  package enum Way: String, Sendable, CaseIterable {
    case id
    /// The API gave a URL when the task was made, and the task is added with it.
    case url
  }

  package enum Keys {
    static let method = Key("method", .word(Method.self), default: .get, doc: "Method of the request.")
    static let by = Key(
      "by", .word(Way.self), default: .id,
      doc:
        "Whether tasks are asked for by their ids, or only by URLs that the API gave and they are added with."
    )
    static let url = Key(
      "url",
      .template(
        [.id, .ids, .parameters],
        expected: "a path that begins with / and has {id} in it, or {+id} to keep its slashes",
        example: "/v1/tasks/{id}"),
      defaultText: "none; needed unless by is url",
      doc: "Path, and perhaps query, after `base_url`; `{id}` is the task's id, `{+id}` keeps its slashes.")
    static let headers = Key(
      "headers",
      .headers(
        of: .template(
          [.apiKey, .parameters], expected: "a text, perhaps with {api_key} in it",
          example: "Bearer {api_key}"
        )),
      default: [], defaultText: "none",
      doc: "Headers; one with `{api_key}` in it is left out where a source has no key.")
    static let body = Key(
      "body", .bodyTree, defaultText: "none",
      doc: "A tree that is sent as JSON; `{id}` in its texts is the task's id.")
    static let batch = Key(
      "batch", .integer(2...1000), defaultText: "one task a request",
      doc: "Most tasks that one request asks for; `{ids}` in `url` or `body` then stands for all their ids.")
    static let mount = Key(
      "mount", .apiPrefix, defaultText: "none",
      doc:
        "A prefix of all paths that clients of the API leave out, as their base URL has it: the proxy adds it."
    )
  }

  package static let keys = [
    AnyKey(Keys.method), AnyKey(Keys.by), AnyKey(Keys.url), AnyKey(Keys.headers), AnyKey(Keys.body),
    AnyKey(Keys.batch), AnyKey(Keys.mount),
  ]

  package let method: Method
  package let by: Way
  /// What follows the base URL: begins with `/`. Nil where tasks are asked for by their URLs.
  package let url: Template?
  /// `{api_key}` in a value stands for the source's key.
  package let headers: [NamedHeader<Template>]
  package let body: BodyTree?
  /// 1 where each task needs a request of its own.
  package let batch: Int
  /// Begins with a slash and ends with none.
  package let mount: String?

  package init?(_ section: Section) {
    method = section[Keys.method]
    by = section[Keys.by]
    url = section[Keys.url]
    headers = section[Keys.headers]
    body = section[Keys.body]
    batch = section[Keys.batch] ?? 1
    mount = section[Keys.mount]
    let checks = [checkURL(section), checkBody(section), checkBatch(section)]
    if checks.contains(false) { return nil }
  }

  /// Whether a request differs from that for another task.
  var namesTask: Bool { by == .url || places.contains { $0 == .id || $0 == .wholeID || $0 == .ids } }

  /// All places of the URL and of the body.
  var places: [Template.Place] { (url?.places ?? []) + (body?.places ?? []) }

  private func checkURL(_ section: Section) -> Bool {
    guard let node = section.node(at: Keys.url) else {
      if by == .url { return true }
      section.fail("the key \"url\" is missing", expected: Keys.url.type.expected)
      return false
    }
    if by == .url {
      node.failAtKey("with \"by: url\" each task brings its own URL", expected: "one of the two keys")
      return false
    }
    guard let url else { return false }
    if url.isPath { return true }
    node.fail("\(node.shown) is no path of a URL", expected: Keys.url.type.expected)
    return false
  }

  private func checkBody(_ section: Section) -> Bool {
    guard let node = section.node(at: Keys.body), method == .get else { return true }
    node.failAtKey("a GET has no body", expected: "\"method: POST\" beside it")
    return false
  }

  private func checkBatch(_ section: Section) -> Bool {
    let namesAll = places.contains(.ids)
    let namesOne = places.contains { $0 == .id || $0 == .wholeID }
    switch section.node(at: Keys.batch) {
    case nil where namesAll:
      section.fail("\"{ids}\" stands for the ids of a batch", expected: "the key \"batch\" beside it")
      return false
    case let node? where !namesAll || namesOne:
      node.failAtKey(
        "a batch is asked for by the ids of all its tasks",
        expected: "\"{ids}\" in url or body, and no \"{id}\"")
      return false
    default: return true
    }
  }
}
