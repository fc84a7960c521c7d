import Config
import Model

/// Where the files are that a task made.
package struct OutputRules: ConfigSection {
  package enum Keys {
    static let at = Key(
      "at", .jsonPaths, default: [], defaultText: "none",
      doc: "Where their URLs are told: every text there, however deep, that is a URL.")
    static let own = Key(
      "own",
      .oneOrMany(of: .address(example: "/v1/tasks/{id}/content")), default: [], defaultText: "none",
      doc:
        "Where the API itself serves them, with the source's headers, where `at` leads to none: a path after `base_url`, or `{task.PATH}` with a URL below it."
    )
  }

  package static let keys = [AnyKey(Keys.at), AnyKey(Keys.own)]

  package let at: [JSONPath]
  package let own: [Template]

  package init?(_ section: Section) {
    at = section[Keys.at]
    own = section[Keys.own]
    if !section.has(Keys.at), !section.has(Keys.own) {
      section.fail("it says nothing", expected: "at, own or both")
      return nil
    }
  }
}
