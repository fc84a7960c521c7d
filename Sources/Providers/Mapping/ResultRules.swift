import Config
import Model

/// A second request, for what the answer to a poll does not tell.
package struct ResultRules: ConfigSection {
  package enum Keys {
    static let url = Key(
      "url",
      .address(example: "\"{task.response_url}\""),
      required: true,
      doc: "Where the result is: a path after `base_url`, or `{task.PATH}` with a URL on the same host.")
    static let on = Key(
      "on", .oneOrMany(of: .string), defaultText: "those of success",
      doc: "The statuses with which it is asked for; words of `states`.")
  }

  package static let keys = [AnyKey(Keys.url), AnyKey(Keys.on)]

  package let url: Template
  /// In lower case; nil for every status that means success.
  package let on: Set<String>?

  package init?(_ section: Section) {
    guard let url = section[Keys.url] else { return nil }
    self.url = url
    on = section[Keys.on].map { Set($0.map { $0.lowercased() }) }
  }

  func isAsked(of status: String, _ state: TaskState) -> Bool {
    guard let on else { return state == .succeeded }
    return on.contains(status.lowercased())
  }
}
