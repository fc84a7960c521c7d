import Model
import Mustache

/// Template values as the Mustache library wants them: it looks up children, renders texts, walks lists and
/// runs transforms. Everything that makes output draws on one budget.
enum MustacheBridge {
  /// What a template text is made of, in the library's terms: only tags, so that its own reading of white
  /// space and of braces never comes into play. `-0`, `-1`… are the texts between.
  static func text(of tokens: [TemplateToken], escape: TextEscape) -> (template: String, texts: [TextPart]) {
    var template = ""
    var texts: [TextPart] = []
    var open: [TemplateExpression] = []
    for token in tokens {
      switch token {
      case .literal(let text):
        template += "{{&-\(texts.count)}}"
        texts.append(TextPart(text: text, isSecret: false))
      case .inserted(let text, let isSecret):
        template += "{{&-\(texts.count)}}"
        texts.append(TextPart(text: text, isSecret: isSecret))
      case .comment: break
      case .value(let expression, let isRaw, _):
        let call = call(expression)
        // The place in a list is a number, and the library's own kind of value.
        var plain = isRaw || escape == .none
        if case .loop = expression.place { plain = true }
        template += plain ? "{{&\(call)}}" : "{{&-\(escape.rawValue)(\(call))}}"
      case .open(let expression, let isInverted, _):
        template += "{{\(isInverted ? "^" : "#")\(call(expression))}}"
        open.append(expression)
      case .close: template += open.popLast().map { "{{/\(call($0))}}" } ?? ""
      }
    }
    return (template, texts)
  }

  /// A stretch of text between tags.
  struct TextPart: Sendable {
    var text: String
    /// Whether it came by `${…}` from outside the file.
    var isSecret: Bool
  }

  private static func call(_ expression: TemplateExpression) -> String {
    let inner =
      switch expression.place {
      case .current: "."
      case .path(let parts, let isOwn): (isOwn ? "." : "") + parts.map(encode).joined(separator: ".")
      case .loop(.number): "plusone(index())"
      case .loop(let loop): loop.rawValue + "()"
      }
    return expression.transforms.reversed().reduce(inner) { "\($1.rawValue)(\($0))" }
  }

  /// A name in the characters that the library takes: others, and what would look like a name of the bridge's
  /// own, as `-x` and hexadecimal digits.
  private static func encode(_ name: String) -> String {
    let isPlain = name.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
        true
      default: false
      }
    }
    if isPlain, !name.hasPrefix("-") { return name }
    return "-x" + name.utf8.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  /// The field that a name stands for; nil for one of the template's own texts, which no task may replace.
  fileprivate static func field(_ name: String) -> String? {
    name.hasPrefix("-") && !name.hasPrefix("-x") ? nil : decode(name)
  }

  fileprivate static func decode(_ name: String) -> String {
    guard name.hasPrefix("-x") else { return name }
    let digits = Array(name.utf8.dropFirst(2))
    let bytes = stride(from: 0, to: digits.count - 1, by: 2).compactMap { place in
      UInt8(String(decoding: digits[place...(place + 1)], as: UTF8.self), radix: 16)
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

extension MustacheBridge.TextPart: CustomStringConvertible, CustomReflectable {
  var description: String { isSecret ? "***" : text }
  var customMirror: Mirror { Mirror(self, children: []) }
}

/// How much a rendering may still put out. Only sections can multiply what they are given, lists within lists
/// most of all: what goes beyond is left out.
package final class RenderBudget {
  /// Twice the largest answer that is taken of a task API.
  package static let most = 16 << 20
  private(set) var left: Int

  package init(_ bytes: Int = most) { left = bytes }

  /// Answers whether so much is left, and takes it; where it is not, nothing is left from then on.
  func take(_ bytes: Int) -> Bool {
    left = bytes <= left ? left - bytes : 0
    return left > 0
  }
}

/// The outermost context of a rendering: the message's fields, and the template's own texts.
struct MustacheRoot: MustacheParent {
  let context: TemplateContext
  let texts: [MustacheBridge.TextPart]
  let hidesSecrets: Bool
  let budget: RenderBudget

  func child(named name: String) -> Any? {
    if name.hasPrefix("-"), let index = Int(name.dropFirst()) {
      let part = texts[index]
      let text = part.isSecret && hidesSecrets ? "***" : part.text
      return budget.take(text.utf8.count) ? text : ""
    }
    return context[MustacheBridge.decode(name)].map { $0.bridged(budget) }
  }
}

/// What the library asks of every value.
private protocol MustacheValue: MustacheParent, MustacheCustomRenderable, MustacheTransformable {
  var value: TemplateValue { get }
  var budget: RenderBudget { get }
}

extension MustacheValue {
  var isNull: Bool { value.isFalsey }

  var renderText: String {
    let text = value.text
    return budget.take(text.utf8.count) ? text : ""
  }

  func child(named name: String) -> Any? {
    MustacheBridge.field(name).flatMap { value.child($0) }.map { $0.bridged(budget) }
  }

  func transform(_ name: String) -> Any? { value.transformed(name)?.bridged(budget) }
}

/// A value that is no list.
private struct MustacheNode: MustacheValue {
  let value: TemplateValue
  let budget: RenderBudget
}

/// A list, which the library walks.
private struct MustacheList: MustacheSequence, MustacheValue {
  let value: TemplateValue
  let budget: RenderBudget

  func makeIterator() -> AnyIterator<Any> {
    var elements = value.elements
    return AnyIterator { [budget] in
      guard budget.take(1), let element = elements.next() else { return nil }
      return element.bridged(budget)
    }
  }
}

extension TemplateValue {
  fileprivate func bridged(_ budget: RenderBudget) -> Any {
    kind == .list
      ? MustacheList(value: self, budget: budget) as Any : MustacheNode(value: self, budget: budget) as Any
  }

  /// By the name that the bridge's text gives a transform or an escape.
  fileprivate func transformed(_ name: String) -> TemplateValue? {
    if name.hasPrefix("-") {
      return TextEscape(rawValue: String(name.dropFirst())).map { .text($0.apply(to: text)) }
    }
    return Transform(rawValue: name)?.apply(to: self)
  }
}
