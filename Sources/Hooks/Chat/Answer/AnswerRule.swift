import Config
import Model

/// One kind of answer that a service gives, and what it means. All that the rule asks for must be so.
struct AnswerRule: ConfigSection {
  enum Meaning: String, Sendable, CaseIterable {
    case delivered, retry, dead, gone
    /// The status that the first brackets of `text` find counts as if it had been the answer's.
    case told
  }

  enum Keys {
    static let status = Key(
      "status", .oneOrMany(of: .integer(100...599)), defaultText: "any", doc: "The answer's status.")
    static let text = Key("text", .pattern, defaultText: "any", doc: "What is found in the body.")
    static let json = Key(
      "json", .map(of: .oneOrMany(of: .text)), defaultText: "any",
      doc: "What stands at places of a JSON body.")
    static let firstAttempt = Key(
      "first_attempt", .boolean, default: false, doc: "Only on a delivery's first attempt.")
    static let means = Key("means", .word(Meaning.self), required: true, doc: "What such an answer means.")
    static let wait = Key(
      "wait", .duration, defaultText: "the hook's schedule",
      doc: "The least wait where the answer does not tell one.")
    static let hint = Key("hint", .string, defaultText: "none", doc: "What there is to know or to do.")
  }

  static let keys = [
    AnyKey(Keys.status), AnyKey(Keys.text), AnyKey(Keys.json), AnyKey(Keys.firstAttempt), AnyKey(Keys.means),
    AnyKey(Keys.wait), AnyKey(Keys.hint),
  ]

  let means: Meaning
  let wait: Duration?
  let hint: String?
  private let status: [Int]
  private let text: TextPattern?
  private let json: [(path: JSONPath, values: [String])]
  private let firstAttempt: Bool

  init?(_ section: Section) {
    guard let means = section[Keys.means] else { return nil }
    self.means = means
    status = section[Keys.status] ?? []
    text = section[Keys.text]
    firstAttempt = section[Keys.firstAttempt]
    wait = section[Keys.wait]
    hint = section[Keys.hint]
    var json: [(path: JSONPath, values: [String])] = []
    for entry in section[Keys.json] ?? [] {
      do throws(JSONPath.SyntaxError) {
        json.append((try JSONPath(entry.name), entry.value))
      } catch {
        entry.node.failAtKey(error.message)
        return nil
      }
    }
    self.json = json
  }

  func fits(_ answer: ChatAnswer) -> Bool {
    if !status.isEmpty, !status.contains(answer.response.status) { return false }
    if firstAttempt, answer.attempt != 1 { return false }
    if let text, !text.isFound(in: answer.text) { return false }
    return json.allSatisfy { path, values in
      guard let root = answer.json, let found = path.first(in: root) else { return false }
      return values.contains(found.plainText)
    }
  }

  /// The status that the body tells of.
  func told(by answer: ChatAnswer) -> Int? {
    text?.group(in: answer.text).flatMap { Int($0) }
  }
}

extension ValueType where Value == TextPattern {
  /// A regular expression.
  fileprivate static var pattern: ValueType<TextPattern> {
    ValueType<String>.string.described(summary: "regular expression", expected: "a regular expression")
      .refine { text, node in
        do throws(TextPattern.Malformed) { return try TextPattern(text) } catch {
          node.fail(error.description)
          return nil
        }
      }
  }
}
