import Config
import Model

/// The files that a task object names.
struct OutputFinder: Sendable {
  /// Most files of one task.
  static let most = 1000

  let rules: OutputRules

  /// The URLs told in the task object, each once, in its order.
  func told(in task: JSONSlice) -> [String] {
    var found = Found()
    for path in rules.at { Self.collect(at: path, in: task, into: &found) }
    return found.urls
  }

  /// Those told at one place.
  func told(in task: JSONSlice, at path: JSONPath) -> [String] {
    var found = Found()
    Self.collect(at: path, in: task, into: &found)
    return found.urls
  }

  struct Found {
    private(set) var urls: [String] = []
    private var known: Set<String> = []

    var isFull: Bool { urls.count >= OutputFinder.most }

    mutating func add(_ url: String) {
      if !isFull, known.insert(url).inserted { urls.append(url) }
    }
  }

  private static func collect(at path: JSONPath, in task: JSONSlice, into found: inout Found) {
    for value in path.all(in: task) { collect(value, into: &found) }
  }

  private static func collect(_ value: JSONSlice, into found: inout Found) {
    if found.isFull { return }
    switch value.kind {
    case .string: if let text = value.string, isURL(text) { found.add(text) }
    case .array: for element in value.elements { collect(element, into: &found) }
    case .object: for member in value.members { collect(member.value, into: &found) }
    case .null, .bool, .number: break
    }
  }

  /// Whether a text is an http or https URL as a whole.
  static func isURL(_ text: String) -> Bool {
    guard let colon = text.range(of: "://"),
      ["http", "https"].contains(text[..<colon.lowerBound].lowercased())
    else { return false }
    let rest = text[colon.upperBound...]
    guard let first = rest.first, !"/?#@:".contains(first) else { return false }
    return !rest.unicodeScalars.contains { $0.properties.isWhitespace || $0.value < 0x20 || $0.value == 0x7F }
  }
}
