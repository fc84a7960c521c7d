import Config
import Model

/// What a tag names: a place, and what is made of what stands there.
struct TemplateExpression: Sendable, Equatable {
  enum Place: Sendable, Equatable {
    /// `{{.}}`: the element of the section around it.
    case current
    /// `{{task.output.0}}`, never empty; `isOwn` where a dot before it says that the element of the section
    /// around it is meant and no field further out.
    case path([String], isOwn: Bool)
    /// `{{index()}}`: where in its list the section around it stands.
    case loop(Loop)
  }

  /// The raw values are the template language's own words.
  enum Loop: String, Sendable, CaseIterable {
    case first, last, even, odd
    /// Counts from 0.
    case index
    /// Counts from 1.
    case number
  }

  var place: Place
  /// In the order in which they are written: the last is done first.
  var transforms: [Transform] = []

  init(_ written: Substring) throws(TemplateProblem) {
    let text = written.trimmed
    guard text.last == ")", let bracket = text.firstIndex(of: "(") else {
      place = try Self.path(text)
      return
    }
    let name = text[..<bracket].trimmed
    let inner = text[text.index(after: bracket)...].dropLast().trimmed
    if inner.isEmpty {
      guard let loop = Loop(rawValue: String(name)) else {
        let isTransform = Transform(rawValue: String(name)) != nil
        throw TemplateProblem(
          isTransform
            ? "\(name)() needs a field in its brackets" : "there is no \(PrintableText.quoted(name))()",
          expected: isTransform
            ? "\(name)(FIELD)" : Loop.allCases.map { $0.rawValue + "()" }.joined(separator: ", "))
      }
      place = .loop(loop)
      return
    }
    guard let transform = Transform(rawValue: String(name)) else {
      let known = Transform.allCases.map(\.rawValue)
      throw TemplateProblem(
        "there is no transform \(PrintableText.quoted(name))", expected: known.joined(separator: ", "),
        suggestion: Nearest.name(to: String(name), among: known))
    }
    self = try TemplateExpression(inner)
    if case .loop(let loop) = place {
      throw TemplateProblem("\(loop.rawValue)() cannot stand within another's brackets")
    }
    transforms.insert(transform, at: 0)
  }

  private static func path(_ text: Substring) throws(TemplateProblem) -> Place {
    if text.isEmpty { throw TemplateProblem("a tag names nothing", expected: "{{FIELD}}") }
    if text == "." { return .current }
    let isOwn = text.hasPrefix(".")
    // A place in a list may be written as in `where`.
    let dotted = text.dropFirst(isOwn ? 1 : 0).replacing(#/\[([0-9]+)\]/#) { "." + $0.1 }
    let parts = dotted.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    let isWell = parts.allSatisfy { !$0.isEmpty && $0.unicodeScalars.allSatisfy(Self.isNameScalar) }
    guard isWell else {
      throw TemplateProblem(
        "\(PrintableText.quoted(text)) is no field",
        expected: "names joined by dots, as in {{task.failure}} or {{task.output.0}}")
    }
    // Nothing stands below a label, but a dot may stand in its name, as `where` takes it.
    if parts[0] == "labels", parts.count > 2, !isOwn {
      return .path(["labels", parts.dropFirst().joined(separator: ".")], isOwn: false)
    }
    return .path(parts, isOwn: isOwn)
  }

  /// Enough for labels and for the keys of JSON APIs.
  private static func isNameScalar(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isAlphabetic || scalar.properties.numericType != nil
      || "-_:/@$+~".unicodeScalars.contains(scalar)
  }

  /// As it may be written, without needless spaces.
  var written: String {
    let inner =
      switch place {
      case .current: "."
      case .path(let parts, let isOwn): (isOwn ? "." : "") + parts.joined(separator: ".")
      case .loop(let loop): loop.rawValue + "()"
      }
    return transforms.reversed().reduce(inner) { "\($1.rawValue)(\($0))" }
  }
}
