import Config
import Model
import Templates

/// The request of a service, its texts templates of the service's settings.
struct RequestTexts: ConfigSection {
  enum Keys {
    static let method = Key(
      "method", .word(WebhookSettings.Method.self), default: .post, doc: "The request's method.")
    static let url = Key(
      "url",
      .node(
        summary: "template", expected: "a text", example: "{{settings.url}}", schema: ["type": "string"],
        kinds: [.scalar]), required: true, doc: "Where it goes.")
    static let headers = Key(
      "headers",
      .map(
        of: .node(
          summary: "template", expected: "a text", example: "text", schema: ["type": "string"],
          kinds: [.scalar])),
      default: [], defaultText: "none",
      doc: "Headers beside content-type and user-agent; empty ones are left out.")
  }

  static let keys = [AnyKey(Keys.method), AnyKey(Keys.url), AnyKey(Keys.headers)]

  let method: WebhookSettings.Method
  private let urlNode: ConfigNode
  private let headerNodes: [Named<ConfigNode>]

  init?(_ section: Section) {
    guard let url = section[Keys.url] else { return nil }
    method = section[Keys.method]
    urlNode = url
    headerNodes = section[Keys.headers]
  }

  /// The templates, which may name nothing but settings; nil where an error was reported.
  func templates(knowing names: TemplateNames) -> Templates? {
    guard let url = TextTemplate.read(urlNode, names: names) else { return nil }
    var headers: [(name: String, value: TextTemplate)] = []
    for header in headerNodes {
      guard let value = TextTemplate.read(header.value, names: names) else { return nil }
      headers.append((header.name, value))
    }
    return Templates(method: method, url: url, headers: headers)
  }

  struct Templates: Sendable {
    let method: WebhookSettings.Method
    let url: TextTemplate
    let headers: [(name: String, value: TextTemplate)]
  }
}
