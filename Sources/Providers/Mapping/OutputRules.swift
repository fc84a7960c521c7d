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
      .oneOrMany(
        of: .template(
          [.id, .parameters, .task],
          expected: "a path that begins with /, or a URL that begins with a field of the task, {task.PATH}",
          example: "/v1/tasks/{id}/content"
        ).refine { template, node in
          if template.isAddress { return template }
          node.fail(
            "\(node.shown) is no address",
            expected: "a path that begins with /, or a field of the task at its beginning")
          return nil
        }), default: [], defaultText: "none",
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

extension Template {
  /// Whether it comes to a path or to a URL: it begins with a slash, or with a field of the task.
  var isAddress: Bool {
    switch parts.first {
    case .text?: isPath
    case .place(.task)?: true
    default: false
    }
  }
}
