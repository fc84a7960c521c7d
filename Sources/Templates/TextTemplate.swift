import Config
import Model
import Mustache

/// A text with tags in it, checked when the config is read (mustache(5), by swift-mustache).
///
/// `{{x}}` puts in the plain text of a value, escaped as the receiver's markup wants; `{{{x}}}` and `{{&x}}`
/// put it in raw. Nothing is ever HTML-escaped unasked. What is absent or null is the empty text.
package struct TextTemplate: Sendable {
  private enum Form: Sendable {
    /// No tag at all.
    case fixed
    /// One tag and nothing beside it.
    case sole(TemplateExpression, TextEscape)
    case mixed(MustacheTemplate)
  }

  private let form: Form
  private let texts: [MustacheBridge.TextPart]

  package init(
    _ text: String, escape: TextEscape = .none, knowing names: TemplateNames
  ) throws(TemplateProblem) {
    try self.init(pieces: [.literal(text)], escape: escape, knowing: names)
  }

  /// Of pieces put in by `${…}` nothing is read as a tag.
  package init(
    pieces: [TextPiece], escape: TextEscape = .none, knowing names: TemplateNames
  ) throws(TemplateProblem) {
    let tokens = try Self.tokens(of: pieces, knowing: names)
    if tokens.count == 1, case .value(let expression, let isRaw, _) = tokens[0] {
      form = .sole(expression, isRaw ? .none : escape)
      texts = []
      return
    }
    let (template, texts) = MustacheBridge.text(of: tokens, escape: escape)
    self.texts = texts
    if texts.count == tokens.count {
      form = .fixed
      return
    }
    do {
      form = .mixed(try MustacheTemplate(string: template))
    } catch {
      throw TemplateProblem("the template cannot be read")
    }
  }

  private static func tokens(
    of pieces: [TextPiece], knowing names: TemplateNames
  ) throws(TemplateProblem) -> [TemplateToken] {
    do throws(TemplateProblem) {
      let tokens = try TemplateScanner.tokens(of: pieces)
      try TemplateCheck.check(tokens, knowing: names)
      return tokens
    } catch {
      // Tags are found by bytes, people count characters.
      var problem = error
      problem.offset = error.offset.map {
        String(decoding: pieces[0].text.utf8.prefix($0), as: UTF8.self).count
      }
      throw problem
    }
  }

  /// Reads a scalar; nil where an error was reported.
  package static func read(
    _ node: ConfigNode, names: TemplateNames, escape: TextEscape = .none
  ) -> TextTemplate? {
    if node.isBroken { return nil }
    guard node.kind == .scalar else {
      node.failKind(expected: "a text")
      return nil
    }
    do throws(TemplateProblem) {
      return try TextTemplate(pieces: node.pieces, escape: escape, knowing: names)
    } catch {
      error.report(at: node)
      return nil
    }
  }

  /// The text for a message. What sections multiply beyond 16 MiB is left out.
  /// - Parameter hidingSecrets: whether `***` stands for what `${…}` put in.
  package func render(_ context: TemplateContext, hidingSecrets: Bool = false) -> String {
    render(context, hidingSecrets: hidingSecrets, budget: RenderBudget())
  }

  package func render(_ context: TemplateContext, hidingSecrets: Bool, budget: RenderBudget) -> String {
    switch form {
    case .fixed: texts.map { $0.isSecret && hidingSecrets ? "***" : $0.text }.joined()
    case .sole(let expression, let escape): escape.apply(to: context.value(of: expression).text)
    case .mixed(let template):
      template.render(
        MustacheRoot(context: context, texts: texts, hidesSecrets: hidingSecrets, budget: budget))
    }
  }

  /// The value for a message: of a template that is one tag the value that it names, escaped where it is a text;
  /// of any other its text.
  package func value(_ context: TemplateContext, hidingSecrets: Bool, budget: RenderBudget) -> TemplateValue {
    guard case .sole(let expression, let escape) = form else {
      return .text(render(context, hidingSecrets: hidingSecrets, budget: budget))
    }
    let value = context.value(of: expression)
    return escape != .none && value.kind == .text ? .text(escape.apply(to: value.text)) : value
  }

  /// What came into it from outside the file by `${…}`.
  package var secrets: [Secret] {
    texts.filter { $0.isSecret && !$0.text.isEmpty }.map { Secret($0.text) }
  }
}
