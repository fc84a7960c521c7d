import Config
import Model

/// A key that a service has in the config, as its file declares it.
struct ServiceKey: ConfigSection {
  enum Kind: String, Sendable, CaseIterable {
    case text, number, secret, url
    case secretURL = "secret url"
  }

  enum Keys {
    static let type = Key("type", .word(Kind.self), required: true, doc: "What it takes.")
    static let doc = Key("doc", .string, required: true, doc: "What it means, in one line.")
    static let isRequired = Key("required", .boolean, default: false, doc: "Whether it must be there.")
    static let usual = Key("default", .string, defaultText: "none", doc: "What holds where it is absent.")
    static let words = Key(
      "words", .list(of: .string), default: [], defaultText: "any", doc: "The only texts that are taken.")
    static let matches = Key(
      "matches", .string, defaultText: "anything", doc: "A regular expression that all of a text fits.")
    static let expected = Key(
      "expected", .string, defaultText: "as the type is called", doc: "What is taken, for errors.")
    static let example = Key("example", .string, defaultText: "as the type's", doc: "A value for examples.")
  }

  static let keys = [
    AnyKey(Keys.type), AnyKey(Keys.doc), AnyKey(Keys.isRequired), AnyKey(Keys.usual), AnyKey(Keys.words),
    AnyKey(Keys.matches), AnyKey(Keys.expected), AnyKey(Keys.example),
  ]

  let isRequired: Bool
  /// What holds where the key is absent.
  let usual: SettingValue?
  private let doc: String
  let type: ValueType<SettingValue>

  init?(_ section: Section) {
    guard let kind = section[Keys.type], let doc = section[Keys.doc] else { return nil }
    self.doc = doc
    isRequired = section[Keys.isRequired]
    usual = section[Keys.usual].map { kind.value($0) }
    var type = kind.type
    let words = section[Keys.words]
    if !words.isEmpty { type = type.limited(to: words) }
    if let pattern = section[Keys.matches] {
      do throws(TextPattern.Malformed) {
        let whole = try TextPattern("\\A(?:\(pattern))\\z")
        type = type.limited(to: whole, expected: section[Keys.expected] ?? type.expected)
      } catch {
        section.fail(at: Keys.matches, error.description)
        return nil
      }
    }
    self.type = type.described(
      expected: section[Keys.expected], example: section[Keys.example] ?? usual?.reveal())
  }

  /// The key as a section of the config lists it.
  func key(_ name: String) -> Key<SettingValue, SettingValue?> {
    isRequired
      ? Key(name, type, required: true, doc: doc)
      : Key(name, type, defaultText: usual.map { "`\($0.reveal())`" } ?? "none", doc: doc)
  }
}

extension ServiceKey.Kind {
  fileprivate var type: ValueType<SettingValue> {
    switch self {
    case .text: ValueType<String>.string.map { .text($0) }
    case .number: ValueType<Int>.integer(1 ... .max).map { .number($0) }
    case .secret: ValueType<Secret>.secret.map { .secret($0) }
    case .url: ValueType<String>.url.refine { url, node in Self.address(url, parts: node.parts) }
    case .secretURL: ValueType<SecretURL>.secretURL.map { .url($0) }
    }
  }

  fileprivate func value(_ text: String) -> SettingValue {
    switch self {
    case .text: .text(text)
    case .number: Int(text).map { .number($0) } ?? .text(text)
    case .secret: .secret(Secret(text))
    case .url: Self.address(text)
    case .secretURL: .url(SecretURL(text))
    }
  }

  /// A slash at its end makes no difference: a path may be added. Where there is a password in it, or a query, it is
  /// a credential.
  private static func address(_ text: String, parts: [String] = []) -> SettingValue {
    let url = text.hasSuffix("/") ? String(text.dropLast()) : text
    return url.contains { $0 == "@" || $0 == "?" } ? .url(SecretURL(url, parts: parts)) : .text(url)
  }
}

extension ValueType where Value == SettingValue {
  fileprivate func limited(to words: [String]) -> ValueType {
    let listed = words.joined(separator: ", ")
    return described(
      summary: words.map { "`\($0)`" }.joined(separator: ", "), expected: listed, example: words[0]
    )
    .refine { value, node in
      if words.contains(value.reveal()) { return value }
      node.fail(
        "\(node.shown) is none of these", expected: listed,
        suggestion: node.isSubstituted ? nil : Nearest.name(to: value.reveal(), among: words))
      return nil
    }
  }

  /// What does not fit is not shown: a token that lost its end is nearly the token.
  fileprivate func limited(to pattern: TextPattern, expected: String) -> ValueType {
    refine { value, node in
      if pattern.isFound(in: value.reveal()) { return value }
      node.fail("the value does not look as it must", expected: expected)
      return nil
    }
  }
}
