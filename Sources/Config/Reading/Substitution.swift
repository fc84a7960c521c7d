/// Puts `${…}` into the scalars of a file (SPEC section 3, rules of the language).
struct Substitution {
  struct Problem: Error, Equatable {
    var message: String
    var suggestion: String?
    var expectation: String?

    init(_ message: String, suggestion: String? = nil, expectation: String? = nil) {
      self.message = message
      self.suggestion = suggestion
      self.expectation = expectation
    }
  }

  enum Outcome: Equatable {
    /// `origin` names the `${…}` that were put in, as written but without a default; nil where there were none.
    /// `pieces` are the whole text in its stretches; empty where nothing was put in.
    case resolved(text: String, origin: String?, pieces: [TextPiece])
    case failed([Problem])
  }

  /// Largest file that `${file:…}` puts in, in bytes.
  static let fileLimit = 1 << 20
  /// Most text that all `${…}` of a config file together put in, in bytes.
  static let totalLimit = 16 << 20

  private let context: ConfigContext
  private var files: [String: String] = [:]
  private var total = 0

  init(_ context: ConfigContext) { self.context = context }

  /// A text with everything put in, or all that keeps it from being so. What was put in is not read again.
  mutating func resolve(_ text: String) -> Outcome {
    guard text.utf8.contains(UInt8(ascii: "$")) else { return .resolved(text: text, origin: nil, pieces: []) }
    var pieces: [TextPiece] = []
    var literal = ""
    var origins: [String] = []
    var problems: [Problem] = []
    var rest = text[...]
    while let dollar = rest.firstIndex(of: "$") {
      literal += rest[..<dollar]
      rest = rest[rest.index(after: dollar)...]
      switch rest.first {
      case "$":
        literal += "$"
        rest.removeFirst()
      case "{":
        guard let close = rest.firstIndex(of: "}") else {
          problems.append(Problem("\"${\" is not closed by \"}\"; a dollar sign before \"{\" is written $$"))
          return .failed(problems)
        }
        do throws(Problem) {
          let found = try value(of: rest[rest.index(after: rest.startIndex)..<close])
          if !literal.isEmpty { pieces.append(.literal(literal)) }
          literal = ""
          pieces.append(.substituted(found.text, isDefault: found.isDefault))
          if !origins.contains(found.origin) { origins.append(found.origin) }
        } catch {
          problems.append(error)
        }
        rest = rest[rest.index(after: close)...]
      default: literal += "$"
      }
    }
    if !problems.isEmpty { return .failed(problems) }
    literal += rest
    if origins.isEmpty { return .resolved(text: literal, origin: nil, pieces: []) }
    if !literal.isEmpty { pieces.append(.literal(literal)) }
    return .resolved(
      text: pieces.map(\.text).joined(), origin: origins.joined(separator: ", "), pieces: pieces)
  }

  /// What stands for `${inside}`, and that without its default.
  private typealias Found = (text: String, origin: String, isDefault: Bool)

  private mutating func value(of inside: Substring) throws(Problem) -> Found {
    let found = try lookUp(inside)
    total += found.text.utf8.count
    if total > Self.totalLimit {
      throw Problem("all ${…} together put in more than \(Self.totalLimit >> 20) MiB")
    }
    return found
  }

  private mutating func lookUp(_ inside: Substring) throws(Problem) -> Found {
    if inside.hasPrefix("file:"), inside.count > 5 {
      let path = String(inside.dropFirst(5))
      return (try content(of: path), "${file:\(path)}", false)
    }
    let name = inside.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
    let after = inside[name.endIndex...]
    guard let first = name.first, !first.isNumber, after.isEmpty || after.hasPrefix(":-") else {
      throw Problem(
        "\(Quoting.quoted("${\(inside)}")) is no variable",
        expectation: "Expected: ${NAME}, ${NAME:-default} or ${file:PATH}")
    }
    if after.contains("${") { throw Problem("the default of ${\(name)} cannot hold another ${") }
    let value = context.environment[String(name)]
    if !after.isEmpty {
      // As in a shell, `:-` stands in for a variable that is empty, too.
      if let value, !value.isEmpty { return (value, "${\(name)}", false) }
      return (String(after.dropFirst(2)), "${\(name)}", true)
    }
    guard let value else {
      throw Problem(
        "the environment variable \(name) is not set", suggestion: suggestion(for: String(name)),
        expectation: "A default is given by ${\(name):-default}")
    }
    return (value, "${\(name)}", false)
  }

  private func suggestion(for name: String) -> String? {
    Nearest.name(to: name, among: context.environment.keys.sorted()).map { "${\($0)}" }
  }

  private mutating func content(of path: String) throws(Problem) -> String {
    let path = context.absolute(path)
    if let known = files[path] { return known }
    let bytes: [UInt8]
    do throws(FileContent.Trouble) {
      bytes = try FileContent.bytes(of: path, limit: Self.fileLimit)
    } catch {
      throw Problem("the file \(Quoting.path(path)) \(error.message)")
    }
    if bytes.count > Self.fileLimit {
      throw Problem("the file \(Quoting.path(path)) is larger than \(Self.fileLimit >> 10) KiB")
    }
    guard var text = String(validating: bytes, as: UTF8.self) else {
      throw Problem("the file \(Quoting.path(path)) is not valid UTF-8")
    }
    // A Character holds CR LF as one.
    if let last = text.last, last == "\n" || last == "\r\n" { text.removeLast() }
    files[path] = text
    return text
  }
}
