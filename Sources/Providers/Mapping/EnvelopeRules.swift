import Config
import Model

/// An answer in which the task object stands inside others.
package struct EnvelopeRules: ConfigSection {
  package enum Keys {
    static let at = Key(
      "at", .jsonPaths, default: [], defaultText: "none",
      doc:
        "Where the task may be, from the outermost place to the innermost: the innermost object with a status is it."
    )
    static let code = Key(
      "code", .jsonPaths, default: [], defaultText: "none",
      doc: "What tells how the request went; an answer that has it is an envelope.")
    static let fine = Key(
      "fine", .oneOrMany(of: .string), default: [], defaultText: "none",
      doc: "What `code` says of a request that went well, in any case.")
    static let notStatus = Key(
      "not_status", .oneOrMany(of: .string), default: [], defaultText: "none",
      doc: "Words, as spelt, by which the outermost status speaks of the request and not of the task.")
    static let flat = Key(
      "flat", .boolean, default: false,
      doc: "Whether clients of the API know the task object without it, and the proxy takes it off.")
  }

  package static let keys = [
    AnyKey(Keys.at), AnyKey(Keys.code), AnyKey(Keys.fine), AnyKey(Keys.notStatus), AnyKey(Keys.flat),
  ]

  package let at: [JSONPath]
  /// An outermost object that has it is an envelope even where it has a status of its own.
  package let code: [JSONPath]
  /// In lower case.
  package let fine: Set<String>
  package let notStatus: Set<String>
  package let flat: Bool

  package init?(_ section: Section) {
    at = section[Keys.at]
    code = section[Keys.code]
    fine = Set(section[Keys.fine].map { $0.lowercased() })
    notStatus = Set(section[Keys.notStatus])
    flat = section[Keys.flat]
  }
}
