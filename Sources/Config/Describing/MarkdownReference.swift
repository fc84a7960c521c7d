/// The reference of declared keys as a Markdown table.
package enum MarkdownReference {
  /// `key | meaning | type | default`, the keys of sections within as `outer.inner`.
  package static func table(of keys: [AnyKey]) -> String {
    let rows = rows(of: keys, prefix: "").map { "| " + $0.map(cell).joined(separator: " | ") + " |" }
    return (["| key | meaning | type | default |", "|---|---|---|---|"] + rows).joined(separator: "\n") + "\n"
  }

  private static func rows(of keys: [AnyKey], prefix: String) -> [[String]] {
    keys.flatMap { key -> [[String]] in
      let inner = rows(of: key.keys, prefix: prefix + key.name + ".")
      return [["`\(prefix)\(key.name)`", key.doc, key.summary, standing(key)]] + inner
    }
  }

  private static func standing(_ key: AnyKey) -> String {
    if key.isRequired { return "required" }
    if let json = key.defaultJSON { return "`\(json.yamlText)`" }
    return key.defaultText ?? "none"
  }

  private static func cell(_ text: String) -> String {
    text.replacing("|", with: "\\|").replacing("\n", with: " ")
  }
}
