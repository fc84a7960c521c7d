import Model

extension ValueType where Value == JSONPath {
  /// A place in an answer: `data.status`, `output[0]`, `videos[*].url`.
  package static var jsonPath: ValueType<JSONPath> {
    ValueType<String>.string
      .described(summary: "path", expected: "a path such as data.status or videos[0].url", example: "status")
      .refine { text, node in
        do throws(JSONPath.SyntaxError) { return try JSONPath(text) } catch {
          node.fail(
            "\(error.message) (character \(error.offset + 1))",
            expected: "names parted by dots, [n] for an element of an array, [*] for each")
          return nil
        }
      }
  }
}

extension ValueType where Value == [JSONPath] {
  /// One path or several, of which the first that leads to something counts.
  package static var jsonPaths: ValueType<[JSONPath]> { .oneOrMany(of: .jsonPath) }
}
