/// Declared keys as commented YAML, to be filled in.
package enum YAMLSkeleton {
  /// Comments begin with `# `, keys that are commented out with `#` alone.
  ///
  /// One block a key: its doc as a comment, then the key with its value from `values` (YAML, on one line), or
  /// commented out with its default or an example. Required keys are never commented out; the keys of sections
  /// stand indented under theirs.
  /// - Parameter indent: Spaces before each line.
  package static func lines(of keys: [AnyKey], values: [String: String] = [:], indent: Int = 0) -> [String] {
    lines(
      of: keys, values: values, prefix: "", margin: String(repeating: " ", count: indent), inner: "",
      isComment: false)
  }

  private static func lines(
    of keys: [AnyKey], values: [String: String], prefix: String, margin: String, inner: String,
    isComment: Bool
  ) -> [String] {
    keys.flatMap { key -> [String] in
      let path = prefix + key.name
      let isSet = values[path] != nil || values.keys.contains { $0.hasPrefix(path + ".") }
      let comment = isComment || !(isSet || key.isRequired)
      let mark = margin + (comment ? "#" : "") + inner
      let doc = margin + (isComment ? "#" : "") + inner + "# " + key.doc
      if !key.keys.isEmpty && values[path] == nil {
        return [doc, mark + key.name + ":"]
          + lines(
            of: key.keys, values: values, prefix: path + ".", margin: margin, inner: inner + "  ",
            isComment: comment)
      }
      let value = values[path] ?? key.defaultJSON?.yamlText ?? key.example
      return [doc, mark + key.name + ": " + value]
    }
  }
}
