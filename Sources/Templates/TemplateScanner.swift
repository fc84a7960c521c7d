import Config
import Model

/// Finds the tags of a template (mustache(5)).
///
/// It is stricter than the language, so that mistakes are found when the config is read, and leaves nothing of
/// the syntax to the library: partials, inheritance, pragmas and other delimiters are refused. A tag of a
/// section, or a comment, that stands alone on its line takes the line with it.
struct TemplateScanner {
  private let pieces: [TextPiece]
  private var tokens: [TemplateToken] = []

  static func tokens(of pieces: [TextPiece]) throws(TemplateProblem) -> [TemplateToken] {
    var scanner = TemplateScanner(pieces: pieces)
    for (index, piece) in pieces.enumerated() {
      switch piece {
      case .literal(let text): try scanner.scan(text, piece: index)
      case .substituted(let text, let isDefault):
        scanner.tokens.append(.inserted(text, isSecret: !isDefault))
      }
    }
    return scanner.tokens
  }

  private init(pieces: [TextPiece]) { self.pieces = pieces }

  private mutating func scan(_ text: String, piece: Int) throws(TemplateProblem) {
    var copied = text.startIndex
    var place = text.startIndex
    while let start = text[place...].utf8.firstRange(of: "{{".utf8) {
      let offset = pieces.count == 1 ? text.utf8.distance(from: text.startIndex, to: start.lowerBound) : nil
      let tag: Tag
      do throws(TemplateProblem) {
        tag = try Tag(text[start.upperBound...], offset: offset)
      } catch {
        var problem = error
        problem.offset = offset
        if problem == Tag.unclosed(offset), piece + 1 < pieces.count {
          problem.message += ": a tag cannot hold ${…}"
        }
        throw problem
      }
      var before = text[copied..<start.lowerBound]
      place = tag.end
      if tag.mayStandAlone, let line = line(of: start.lowerBound..<tag.end, in: text, piece: piece) {
        before = text[copied..<line.lowerBound]
        place = line.upperBound
      }
      copied = place
      if !before.isEmpty { tokens.append(.literal(String(before))) }
      tokens.append(tag.token)
    }
    if copied < text.endIndex { tokens.append(.literal(String(text[copied...]))) }
  }

  /// The line that a tag stands alone on, with its end; nil where something else stands on it.
  private func line(of tag: Range<String.Index>, in text: String, piece: Int) -> Range<String.Index>? {
    let bytes = text.utf8
    func isBlank(_ index: String.Index) -> Bool { bytes[index] == 0x20 || bytes[index] == 0x09 }
    var start = tag.lowerBound
    while start > text.startIndex, isBlank(bytes.index(before: start)) { start = bytes.index(before: start) }
    let begins = start == text.startIndex ? piece == 0 : bytes[bytes.index(before: start)] == 0x0A
    var end = tag.upperBound
    while end < text.endIndex, isBlank(end) { end = bytes.index(after: end) }
    if end < text.endIndex, bytes[end] == 0x0D { end = bytes.index(after: end) }
    let ends = end == text.endIndex ? piece + 1 == pieces.count : bytes[end] == 0x0A
    guard begins, ends else { return nil }
    return start..<(end == text.endIndex ? end : bytes.index(after: end))
  }

  /// A tag by itself.
  private struct Tag {
    var token: TemplateToken
    /// The place after its closing braces.
    var end: String.Index
    var mayStandAlone = false

    static func unclosed(_ offset: Int?) -> TemplateProblem {
      TemplateProblem("\"{{\" is not closed by \"}}\"", offset: offset)
    }

    /// `text` begins after the opening braces.
    init(_ text: Substring, offset: Int?) throws(TemplateProblem) {
      let isTriple = text.utf8.first == UInt8(ascii: "{")
      guard let close = text.utf8.firstRange(of: (isTriple ? "}}}" : "}}").utf8) else {
        throw Self.unclosed(offset)
      }
      end = close.upperBound
      let inside = text[..<close.lowerBound].trimmed
      let rest = inside.dropFirst()
      switch inside.first {
      case "!":
        token = .comment
        mayStandAlone = true
      case "{" where isTriple, "&": token = .value(try TemplateExpression(rest), isRaw: true, offset: offset)
      case "#", "^":
        token = .open(try TemplateExpression(rest), isInverted: inside.first == "^", offset: offset)
        mayStandAlone = true
      case "/":
        token = .close(try TemplateExpression(rest), offset: offset)
        mayStandAlone = true
      case ">": throw TemplateProblem("partials, {{>…}}, are not supported")
      case "<", "$": throw TemplateProblem("inheritance, {{<…}} and {{$…}}, is not supported")
      case "%": throw TemplateProblem("pragmas, {{%…}}, are not supported")
      case "=": throw TemplateProblem("other delimiters, {{=…=}}, are not supported")
      default: token = .value(try TemplateExpression(inside), isRaw: false, offset: offset)
      }
    }
  }
}
