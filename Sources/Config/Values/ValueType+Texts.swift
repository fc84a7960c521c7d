import Model

extension ValueType where Value == String {
  /// A text that is not empty.
  package static var string: ValueType<String> {
    text.described(expected: "a text").refine { text, node in
      if !text.isEmpty { return text }
      node.fail(node.isSubstituted ? "\(node.shown) is empty" : "the text is empty", expected: "a text")
      return nil
    }.schema(["type": "string", "minLength": 1])
  }

  /// A text, which may be empty.
  package static var text: ValueType<String> {
    ValueType(
      summary: "text", expected: "a text, which may be empty", example: "text", schema: ["type": "string"],
      kinds: [.scalar], encode: { .string($0) }, decode: { $0.text })
  }

  /// A URL with `http://` or `https://`.
  package static var url: ValueType<String> { url(schemes: ["http", "https"]) }

  /// A URL with one of these schemes.
  package static func url(schemes: [String]) -> ValueType<String> {
    let expected = "a URL with " + Quoting.alternatives(schemes.map { $0 + "://" })
    return ValueType(
      summary: "URL", expected: expected, example: "https://example.com",
      schema: ["type": "string", "minLength": 1], kinds: [.scalar], encode: { .string($0) },
      decode: { node in
        guard let text = node.text else { return nil }
        guard let refusal = URLText.refusal(of: text, schemes: schemes) else { return text }
        node.fail("the URL \(node.origin.map { "(from \($0)) " } ?? "")\(refusal)", expected: expected)
        return nil
      })
  }

  /// A path, made absolute against the config file's folder.
  package static var path: ValueType<String> {
    string.described(summary: "path", expected: "a path", example: "path/to/file").refine { path, node in
      if !path.unicodeScalars.contains("\0") { return node.context.absolute(path) }
      node.fail("a path cannot hold a NUL character")
      return nil
    }
  }

  /// The path of a file that is there and can be read.
  package static var file: ValueType<String> {
    path.described(summary: "path", expected: "the path of a file", example: "file.pem").refine {
      path, node in
      guard let trouble = FileContent.trouble(reading: path) else { return path }
      node.fail(
        "the file \(node.origin.map { "(from \($0))" } ?? Quoting.path(path)) \(trouble)",
        expected: "a file that can be read")
      return nil
    }
  }
}

extension ValueType where Value == Secret {
  /// A key, token or password, not empty. Never shown.
  package static var secret: ValueType<Secret> {
    ValueType(
      summary: "secret", expected: "a text", example: "${SECRET}",
      schema: ["type": "string", "minLength": 1], kinds: [.scalar],
      decode: { node in
        guard let text = node.text else { return nil }
        if !text.isEmpty { return Secret(text, parts: node.parts) }
        node.fail("the secret \(node.origin.map { "(from \($0)) " } ?? "")is empty", expected: "a text")
        return nil
      })
  }
}

extension ValueType where Value == SecretURL {
  /// A URL with `http://` or `https://` that may be a credential. Never shown.
  package static var secretURL: ValueType<SecretURL> {
    ValueType<String>.url.refine { url, node in SecretURL(url, parts: node.parts) }
  }
}

extension ValueType {
  func schema(_ schema: JSONValue) -> ValueType {
    var type = self
    type.schema = schema
    return type
  }
}
