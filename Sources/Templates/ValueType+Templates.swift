import Config

extension ValueType where Value == TextTemplate {
  /// A text that may hold tags of a message's fields.
  package static var textTemplate: ValueType<TextTemplate> { .textTemplate(names: .message) }

  /// The same with other names, or for a receiver that reads markup.
  package static func textTemplate(names: TemplateNames, escape: TextEscape = .none) -> ValueType<
    TextTemplate
  > {
    .custom(
      "a text, which may be a template", summary: "template", example: "\"{{id}}\"",
      schema: ["type": ["string", "number", "boolean"]], kinds: [.scalar]
    ) { TextTemplate.read($0, names: names, escape: escape) }
  }
}

extension ValueType where Value == TemplateTree {
  /// Any YAML whose texts are templates.
  package static var templateTree: ValueType<TemplateTree> { .templateTree(names: .message) }

  /// The same with other names, or for a receiver that reads markup.
  package static func templateTree(names: TemplateNames, escape: TextEscape = .none) -> ValueType<
    TemplateTree
  > {
    .custom(
      "a YAML tree whose texts are templates", summary: "YAML tree of templates",
      example: "{text: \"{{id}} is {{status}}\"}", schema: [:]
    ) { TemplateTree.read($0, names: names, escape: escape) }
  }
}
