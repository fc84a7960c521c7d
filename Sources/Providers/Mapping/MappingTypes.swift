import Config

// The types of value that only mappings have.

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
