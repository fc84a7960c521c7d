import Config
import Model

/// `allow_private`: `true`, `false`, or the places that a webhook may lead to beside public ones.
enum AllowPrivate {
  static let key = Key(
    "allow_private", type, default: .anywhere, defaultText: "true",
    doc:
      "Whether `url`, or a `token_url`, may lead to private addresses: `true`, `false`, or those that it may lead to, such as "
      + "`[10.0.0.0/8, hooks.internal]`. Unless `true`, proxies are out of use.")

  private static let expected = "true, false, or a list of address ranges and hosts"
  private static let places = ValueType<[AllowedPlace]>.list(of: .place, atLeast: 1)
  private static let boolean = ValueType<Bool>.boolean

  private static let type = ValueType<Reach>.custom(
    // The example stands beside one of `proxy`, with which only `true` goes together.
    expected, summary: "boolean, or list of address ranges and hosts", example: "true",
    schema: ["anyOf": [boolean.schema, places.schema]], kinds: [.scalar, .sequence]
  ) { node in
    if node.kind == .sequence { return places.read(node).map { .publicOnly(allow: $0) } }
    guard let text = node.text else { return nil }
    do throws(TextProblem) {
      _ = try BooleanText.parse(text)
      return boolean.read(node).map { $0 ? .anywhere : .publicOnly(allow: []) }
    } catch {
      let list = (try? PlaceText.parse(text)).map { "[\($0)]" }
      node.fail(
        "\(node.shown) is no boolean and no list", expected: expected,
        suggestion: node.isSubstituted ? nil : error.suggestion ?? list)
      return nil
    }
  }

  /// Whether the section is free of a proxy that would get around its `allow_private`; else reports it.
  static func check(_ section: Section) -> Bool {
    guard section[key] != .anywhere, let proxy = section.node(at: ConnectionKeys.proxy) else { return true }
    proxy.failAtKey(
      "behind a proxy nobody sees which addresses are reached: proxy cannot stand beside allow_private, "
        + "unless that is true")
    return false
  }
}
