/// Holds a template against what is known when the config is read: that its sections close, and that its
/// fields exist.
struct TemplateCheck {
  /// Deeper than anyone writes; the library's parser goes one call deeper with each.
  static let deepest = 32

  private let names: TemplateNames
  private var sections: [Section] = []

  private struct Section {
    var expression: TemplateExpression
    /// Nil of an inverted one, which has no element.
    var element: TemplateNames.Shape?
    var offset: Int?
  }

  static func check(_ tokens: [TemplateToken], knowing names: TemplateNames) throws(TemplateProblem) {
    var check = TemplateCheck(names: names)
    for token in tokens { try check.take(token) }
    if let open = check.sections.last {
      throw TemplateProblem(
        "the section {{#\(open.expression.written)}} is not closed",
        expected: "{{/\(open.expression.written)}} after it", offset: open.offset)
    }
  }

  private init(names: TemplateNames) { self.names = names }

  private mutating func take(_ token: TemplateToken) throws(TemplateProblem) {
    switch token {
    case .literal, .inserted, .comment: break
    case .value(let expression, _, let offset): _ = try shape(of: expression, offset)
    case .open(let expression, let isInverted, let offset):
      let shape = try shape(of: expression, offset)
      guard sections.count < Self.deepest else {
        throw TemplateProblem("sections are nested more than \(Self.deepest) deep", offset: offset)
      }
      sections.append(Section(expression: expression, element: isInverted ? nil : shape, offset: offset))
    case .close(let expression, let offset):
      guard let open = sections.popLast() else {
        throw TemplateProblem("{{/\(expression.written)}} closes no section", offset: offset)
      }
      guard open.expression == expression else {
        throw TemplateProblem(
          "{{/\(expression.written)}} stands where {{#\(open.expression.written)}} must be closed first",
          expected: "{{/\(open.expression.written)}}", offset: offset)
      }
    }
  }

  private func shape(of expression: TemplateExpression, _ offset: Int?) throws(TemplateProblem)
    -> TemplateNames.Shape
  {
    do throws(TemplateProblem) {
      let shape = try shape(of: expression.place, written: expression.written)
      let keepsElements = expression.transforms.allSatisfy { $0 == .first || $0 == .last }
      return keepsElements ? shape : .value
    } catch {
      var problem = error
      problem.offset = offset
      throw problem
    }
  }

  private func shape(of place: TemplateExpression.Place, written: String) throws(TemplateProblem)
    -> TemplateNames.Shape
  {
    let elements = sections.compactMap(\.element)
    switch place {
    case .path(let parts, isOwn: false): return try names.shape(of: parts, within: elements)
    case .path(let parts, isOwn: true):
      guard let element = elements.last else { return try names.shape(of: parts, within: []) }
      return try TemplateNames.shape(of: parts, from: element, at: 0)
    case .current, .loop:
      guard let element = elements.last else {
        throw TemplateProblem("{{\(written)}} has a meaning only within a section, {{#FIELD}}…{{/FIELD}}")
      }
      return place == .current ? element : .value
    }
  }
}
