/// Puts `${…}` into the scalars of a file (SPEC section 3, rules of the language).
struct Substitution {
  struct Problem: Error, Equatable {
    var message: String
    var suggestion: String?
    var expectation: String?
  }

  struct Resolved: Sendable {
    var text: String
    /// The `${…}` that were put in, as written but without a default; nil where there were none.
    var origin: String?
  }

  /// Largest file that `${file:…}` puts in, in bytes.
  static let fileLimit = 1 << 20
  /// Most text that all `${…}` of a config file together put in, in bytes.
  static let totalLimit = 16 << 20

  private let context: ConfigContext
  private var files: [String: String] = [:]
  private var total = 0

  init(_ context: ConfigContext) { self.context = context }

  /// A text with everything put in. What was put in is not read again.
  mutating func resolve(_ text: String) throws(Problem) -> Resolved {
    guard text.utf8.contains(UInt8(ascii: "$")) else { return Resolved(text: text) }
    var result = ""
    var origins: [String] = []
    var rest = text[...]
    while let dollar = rest.firstIndex(of: "$") {
      result += rest[..<dollar]
      rest = rest[rest.index(after: dollar)...]
      switch rest.first {
      case "$":
        result += "$"
        rest.removeFirst()
      case "{":
        guard let close = rest.firstIndex(of: "}") else {
          throw Problem(message: "\"${\" is not closed by \"}\"; a dollar sign before \"{\" is written $$")
        }
        let inside = rest[rest.index(after: rest.startIndex)..<close]
        let (value, origin) = try value(of: inside)
        result += value
        if !origins.contains(origin) { origins.append(origin) }
        rest = rest[rest.index(after: close)...]
        total += value.utf8.count
        if total > Self.totalLimit {
          throw Problem(message: "all ${…} together put in more than \(Self.totalLimit >> 20) MiB")
        }
      default: result += "$"
      }
    }
    return Resolved(text: result + rest, origin: origins.isEmpty ? nil : origins.joined(separator: ", "))
  }

  private mutating func value(of inside: Substring) throws(Problem) -> (text: String, origin: String) {
    if inside.hasPrefix("file:") {
      let path = String(inside.dropFirst(5))
      return (try content(of: path), "${file:\(path)}")
    }
    let name = inside.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
    let after = inside[name.endIndex...]
    guard !name.isEmpty, !name.first!.isNumber, after.isEmpty || after.hasPrefix(":-") else {
      throw Problem(
        message: "\(Quoting.quoted("${\(inside)}")) is no variable",
        expectation: "Expected: ${NAME}, ${NAME:-default} or ${file:PATH}")
    }
    if after.contains("${") {
      throw Problem(message: "the default of ${\(name)} cannot hold another ${")
    }
    let value = context.environment[String(name)]
    if after.isEmpty {
      guard let value else {
        throw Problem(
          message: "the environment variable \(name) is not set", suggestion: suggestion(for: String(name)),
          expectation: "A default is given by ${\(name):-default}")
      }
      return (value, "${\(name)}")
    }
    return (value.flatMap { $0.isEmpty ? nil : $0 } ?? String(after.dropFirst(2)), "${\(name)}")
  }

  private func suggestion(for name: String) -> String? {
    Nearest.name(to: name, among: context.environment.keys.sorted()).map { "${\($0)}" }
  }

  private mutating func content(of path: String) throws(Problem) -> String {
    let path = context.absolute(path)
    if let known = files[path] { return known }
    let bytes: [UInt8]
    do throws(FileContent.Trouble) {
      bytes = try FileContent.read(path, limit: Self.fileLimit)
    } catch {
      throw Problem(message: "the file \(Quoting.quoted(path)) \(error.message)")
    }
    if bytes.count > Self.fileLimit {
      throw Problem(message: "the file \(Quoting.quoted(path)) is larger than \(Self.fileLimit >> 10) KiB")
    }
    guard var text = String(validating: bytes, as: UTF8.self) else {
      throw Problem(message: "the file \(Quoting.quoted(path)) is not valid UTF-8")
    }
    // A Character holds CR LF as one.
    if let last = text.last, last == "\n" || last == "\r\n" { text.removeLast() }
    files[path] = text
    return text
  }
}
