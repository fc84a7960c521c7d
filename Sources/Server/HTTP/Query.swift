import Config
import Model

/// The parameters of a URL, in order.
struct Query: Sendable, Equatable {
  private(set) var pairs: [(name: String, value: String)] = []

  init() {}

  /// Throws a problem where it is not percent-encoded as it must be.
  init(_ text: Substring) throws(Problem) {
    for pair in text.split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = PercentDecoding.decode(parts[0], plus: true),
        let value = PercentDecoding.decode(parts.count > 1 ? parts[1] : "", plus: true)
      else { throw .badRequest("The query is not percent-encoded UTF-8.") }
      pairs.append((name, value))
    }
  }

  static func == (a: Query, b: Query) -> Bool { a.pairs.elementsEqual(b.pairs, by: ==) }

  func all(_ name: String) -> [String] { pairs.filter { $0.name == name }.map(\.value) }

  /// Throws where it is given more than once.
  func one(_ name: String) throws(Problem) -> String? {
    let values = all(name)
    if values.count > 1 { throw .badRequest("\(name) may be given only once.") }
    return values.first
  }

  func flag(_ name: String) throws(Problem) -> Bool? {
    switch try one(name) {
    case nil: nil
    case "true": true
    case "false": false
    default: throw .badRequest("\(name) must be true or false.")
    }
  }

  func number(_ name: String, in range: ClosedRange<Int>) throws(Problem) -> Int? {
    guard let text = try one(name) else { return nil }
    guard let number = Int(text), range.contains(number) else {
      throw .badRequest("\(name) must be a whole number from \(range.lowerBound) to \(range.upperBound).")
    }
    return number
  }

  /// The values of a parameter that must be one of some words.
  func words<Word: RawRepresentable & CaseIterable>(
    _ name: String, _ type: Word.Type
  ) throws(Problem) -> [Word] where Word.RawValue == String {
    var words: [Word] = []
    for text in all(name) {
      guard let word = Word(rawValue: text) else {
        let known = Word.allCases.map(\.rawValue).joined(separator: ", ")
        throw .badRequest("\(name) must be one of \(known).")
      }
      words.append(word)
    }
    return words
  }

  /// Throws where there is a parameter that the operation does not have: it would be passed over in silence.
  /// - Parameter prefixes: of names that go on as the caller likes: `label.`.
  func require(names: [String], prefixes: [String] = []) throws(Problem) {
    for (name, _) in pairs
    where !names.contains(name) && !prefixes.contains(where: { name.hasPrefix($0) && name != $0 }) {
      let meant = Nearest.name(to: name, among: names).map { " Did you mean \($0)?" } ?? ""
      throw .badRequest("There is no parameter \(Quoted.text(name)).\(meant)")
    }
  }
}
