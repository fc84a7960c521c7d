import Config
import Foundation
import Testing

/// A config and the errors that it gives, parted by a line of dashes. In the text, `⇥` stands for a tab.
struct Golden: Sendable, CustomTestStringConvertible {
  let text: String
  let expected: String

  init(_ both: String) {
    let parts = "\n\(both)\n".components(separatedBy: "\n----\n")
    text = String(parts[0].dropFirst()).replacing("⇥", with: "\t")
    expected = String(parts[1].dropLast())
  }

  var testDescription: String { expected }

  static let environment = [
    "N": "5", "EMPTY": "", "WORD": "runway", "URL": "https://example.com/T0/secret", "BAD": "hunter2",
    "NULL": "null", "YES": "yes", "TREE": "{a: b}", "DOLLAR": "${N} $$ $",
  ]

  static func read(_ text: String, folder: String = "/nowhere") -> (SampleConfig?, Diagnostics) {
    let diagnostics = Diagnostics()
    let root = ConfigFile.parse(
      Array(text.utf8), name: "config.yaml", folder: folder, environment: environment,
      diagnostics: diagnostics)
    return (root?.read(SampleConfig.self), diagnostics)
  }

  var errors: String { Self.read(text).1.errors.map(\.description).joined(separator: "\n") }
}
