import Config

// The types of value that only mappings have.

extension ValueType where Value == Template {
  /// A text in which some names may stand in braces.
  static func template(_ places: PlaceSet, expected: String, example: String) -> ValueType<Template> {
    ValueType<String>.string.described(summary: "template", expected: expected, example: example)
      .refine { text, node in
        do throws(Template.SyntaxError) {
          let template = try Template(text)
          if template.places.allSatisfy(places.holds) { return template }
          node.fail("\(node.shown) names what cannot stand here", expected: expected)
        } catch {
          node.fail(
            node.isSubstituted ? "\(node.shown) has a brace in it that means nothing" : error.message,
            expected: expected, suggestion: node.isSubstituted ? nil : error.name.flatMap(nearest))
        }
        return nil
      }
  }

  /// The place that was probably meant by a name in braces.
  private static func nearest(_ name: String) -> String? {
    Nearest.name(to: name, among: ["id", "+id", "ids", "api_key"]).map { "{\($0)}" }
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

extension ValueType where Value == Template {
  /// Where something else of a task is: a path after the base URL, or a URL that the task tells.
  static func address(example: String) -> ValueType<Template> {
    ValueType<Template>.template(
      [.id, .parameters, .task],
      expected: "a path that begins with /, or a URL that begins with a field of the task, {task.PATH}",
      example: example
    ).refine { template, node in
      if template.isAddress { return template }
      node.fail(
        "\(node.shown) is no address",
        expected: "a path that begins with /, or a field of the task at its beginning")
      return nil
    }
  }
}

extension Template {
  /// Whether it comes to a path or to a URL: it begins with a slash, or with a field of the task.
  fileprivate var isAddress: Bool {
    switch parts.first {
    case .text?: isPath
    case .place(.task)?: true
    default: false
    }
  }
}

extension ValueType where Value == String {
  /// The beginning of paths.
  static var apiPrefix: ValueType<String> {
    let expected = "a path that begins with / and does not end with it"
    return ValueType<String>.string.described(
      summary: "path", expected: expected, example: "/runwayml"
    ).refine { text, node in
      if text.hasPrefix("/"), !text.hasSuffix("/"), !text.contains("?"),
        WebAddress("https://host" + text) != nil
      {
        return text
      }
      node.fail("\(node.shown) is no such path", expected: expected)
      return nil
    }
  }
}
