import Config
import Model

// The types of value that only mappings have.

extension ValueType where Value == JSONPath {
  /// A place in an answer: `data.status`, `output[0]`, `videos[*].url`.
  static var jsonPath: ValueType<JSONPath> {
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
  static var jsonPaths: ValueType<[JSONPath]> { .oneOrMany(of: .jsonPath) }
}

extension ValueType where Value == Template {
  /// A text in which some names may stand in braces.
  static func template(_ places: [Template.Place], expected: String, example: String) -> ValueType<Template> {
    ValueType<String>.string.described(summary: "template", expected: expected, example: example)
      .refine { text, node in
        do throws(Template.SyntaxError) {
          let template = try Template(text)
          if Template.Place.allCases.allSatisfy({ places.contains($0) || !template.names($0) }) {
            return template
          }
          node.fail("\(node.shown) names what cannot stand here", expected: expected)
        } catch {
          node.fail(error.message, expected: expected)
        }
        return nil
      }
  }
}

extension ValueType where Value == BaseURL {
  /// Scheme and host, and perhaps a path prefix.
  static var baseURL: ValueType<BaseURL> {
    let expected = "a URL with https:// or http://, a host and perhaps a path, and no more"
    return ValueType<String>.url
      .described(summary: "URL", expected: expected, example: "https://api.example.com")
      .refine { text, node in
        do throws(BaseURL.Mistake) { return try BaseURL(text) } catch {
          node.fail("the URL \(error.message)", expected: expected)
          return nil
        }
      }
  }
}
