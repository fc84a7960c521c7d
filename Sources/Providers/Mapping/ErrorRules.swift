import Config
import Model

/// Where an API says what went wrong with a request.
package struct ErrorRules: ConfigSection {
  package enum Keys {
    static let at = Key(
      "at", .jsonPaths, default: [], defaultText: "none",
      doc: "An object there, in an answer that names no task, is an error even with HTTP 200.")
    static let message = Key(
      "message", .jsonPaths, default: [], defaultText: "none", doc: "The API's own message.")
    static let code = Key(
      "code", .jsonPaths, default: [], defaultText: "none", doc: "The API's own word or number.")
  }

  package static let keys = [AnyKey(Keys.at), AnyKey(Keys.message), AnyKey(Keys.code)]

  package let at: [JSONPath]
  package let message: [JSONPath]
  package let code: [JSONPath]

  package init?(_ section: Section) {
    at = section[Keys.at]
    message = section[Keys.message]
    code = section[Keys.code]
  }

  /// An API that says nothing.
  init() {
    at = []
    message = []
    code = []
  }
}
