import Config
import Foundation
import Model
import Testing

@testable import Hooks

/// What a JSON value must be, in the words of JSON Schema as far as services' documentation needs them, and some of
/// its own: `maxUTF16`, `maxBytes`, `sumUTF16`, `html`. Objects have no members but those that are listed.
struct JSONShape {
  let node: ConfigNode

  /// All that is wrong with a value, each with its place.
  func problems(of value: JSONSlice, at path: String = "$") -> [String] {
    if let alternatives = node["anyOf"]?.items {
      let each = alternatives.map { JSONShape(node: $0).problems(of: value, at: path) }
      if each.contains(where: \.isEmpty) { return [] }
      // The problems of the alternative that the value is meant to be.
      let own = zip(alternatives, each).filter { alternative, _ in
        alternative["properties"]?["type"].map { admits($0, value["type"]) } ?? true
      }
      return own.map { $0.1 }.min { $0.count < $1.count } ?? ["\(path): none of the alternatives"]
    }
    var problems: [String] = []
    func check(_ isRight: Bool, _ problem: @autoclosure () -> String) {
      if !isRight { problems.append("\(path): \(problem())") }
    }
    if let allowed = node["enum"] {
      check(admits(node, value), "\(shown(value)) is none of \(allowed.items.compactMap(\.text))")
    }
    if let type = node["type"]?.text {
      check(Self.types[type] == value.kind, "\(shown(value)) is no \(type)")
    }
    let text = value.string ?? ""
    if let most = number("maxLength") {
      check(text.unicodeScalars.count <= most, "\(text.unicodeScalars.count) characters")
    }
    if let most = number("maxUTF16") { check(text.utf16.count <= most, "\(text.utf16.count) UTF-16 units") }
    if let least = number("minLength") { check(text.unicodeScalars.count >= least, "empty") }
    if let most = number("maxBytes") {
      let count = value.kind == .string ? text.utf8.count : value.bytes.count
      check(count <= most, "\(count) bytes")
    }
    if let pattern = node["pattern"]?.text {
      check(
        text.range(of: pattern, options: .regularExpression) != nil, "\(shown(value)) does not fit \(pattern)"
      )
    }
    if let html = node["html"] {
      let tags = html["tags"]?.items.compactMap(\.text) ?? []
      let reading = HTMLReading(text, tags: Set(tags))
      for problem in reading.problems { check(false, problem) }
      if let most = html["maxUTF16"]?.text.flatMap({ Int($0) }) {
        check(reading.text.utf16.count <= most, "\(reading.text.utf16.count) UTF-16 units after parsing")
      }
    }
    if let sum = node["sumUTF16"] {
      let names = Set(sum["of"]?.items.compactMap(\.text) ?? [])
      let count = Self.lengths(in: value, of: names)
      check(count <= sum["most"]?.text.flatMap { Int($0) } ?? 0, "\(count) UTF-16 units in all")
    }
    if value.kind == .array {
      let elements = Array(value.elements)
      if let least = number("minItems") { check(elements.count >= least, "\(elements.count) elements") }
      if let most = number("maxItems") { check(elements.count <= most, "\(elements.count) elements") }
      if let items = node["items"] {
        for (index, element) in elements.enumerated() {
          problems += JSONShape(node: items).problems(of: element, at: "\(path)[\(index)]")
        }
      }
    }
    if let properties = node["properties"] {
      check(value.kind == .object, "no object")
      for member in value.members {
        if let shape = properties[member.key] {
          problems += JSONShape(node: shape).problems(of: member.value, at: "\(path).\(member.key)")
        } else {
          check(false, "there is no \(member.key)")
        }
      }
      for name in node["required"]?.items.compactMap(\.text) ?? [] {
        check(value[name] != nil, "\(name) is missing")
      }
    }
    return problems
  }

  private static let types: [String: JSONSlice.Kind] = [
    "string": .string, "number": .number, "boolean": .bool, "array": .array, "object": .object, "null": .null,
  ]

  private func number(_ key: String) -> Int? { node[key]?.text.flatMap { Int($0) } }

  private func shown(_ value: JSONSlice) -> String { String(decoding: value.bytes.prefix(80), as: UTF8.self) }

  private func admits(_ shape: ConfigNode, _ value: JSONSlice?) -> Bool {
    guard let value, let allowed = shape["enum"] else { return false }
    return allowed.items.contains { $0.text == value.plainText }
  }

  private static func lengths(in value: JSONSlice, of names: Set<String>) -> Int {
    let members = value.members.reduce(0) { sum, member in
      let own = names.contains(member.key) ? member.value.string?.utf16.count ?? 0 : 0
      return sum + own + lengths(in: member.value, of: names)
    }
    return value.elements.reduce(members) { $0 + lengths(in: $1, of: names) }
  }

  /// The structure of a service's payloads.
  static func of(_ service: String) throws -> JSONShape {
    let diagnostics = Diagnostics()
    let bytes = Array(try Data(contentsOf: ChatFixtures.url(service, "structure.yaml")))
    let root = ConfigFile.parse(bytes, name: service, folder: "/", diagnostics: diagnostics)
    try #require(diagnostics.errors.isEmpty, "\(diagnostics.errors)")
    return JSONShape(node: try #require(root))
  }
}
