import Config

/// A parameter of a mapping: a text that each source of it gives, such as a part of the path.
package struct ParameterRules: ConfigSection {
  package enum Keys {
    static let doc = Key("doc", .string, required: true, doc: "What it is, in one sentence.")
    static let standard = Key(
      "default", .string, defaultText: "none; each source has to give it",
      doc: "What stands for it where a source says nothing.")
  }

  package static let keys = [AnyKey(Keys.doc), AnyKey(Keys.standard)]

  package let doc: String
  package let standard: String?

  package init?(_ section: Section) {
    guard let doc = section[Keys.doc] else { return nil }
    self.doc = doc
    standard = section[Keys.standard]
  }

  /// What is wrong with a value, to follow it; nil where nothing is. Values go into paths.
  static func refusal(of value: String) -> String? {
    if value.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) {
      return "has a control character in it"
    }
    let segments = value.split(separator: "/", omittingEmptySubsequences: false)
    if segments.contains(".") || segments.contains("..") {
      return "has \".\" or \"..\" in it, which a URL reads as a folder"
    }
    return nil
  }
}
