import Config
import Model

/// Reads members of a JSON object strictly, and collects what is wrong with them.
struct BodyReader {
  let value: JSONSlice
  /// Where the object stands in the body, as a JSON pointer.
  let pointer: String
  private(set) var faults: [Problem.Fault] = []

  /// - Parameter names: the members that there may be; others are faults, as they would be passed over in silence.
  init(_ value: JSONSlice, at pointer: String = "", names: [String]) {
    self.value = value
    self.pointer = pointer
    guard value.kind == .object else {
      fail("", "must be an object")
      return
    }
    for (key, _) in value.members where !names.contains(key) {
      let meant = Nearest.name(to: key, among: names).map { "; did you mean \($0)?" } ?? ""
      fail(key, "is not known\(meant)")
    }
  }

  var isFine: Bool { faults.isEmpty }

  /// - Parameter member: a name, or names with dots between; empty for the object itself.
  mutating func fail(_ member: String, _ detail: String) {
    let path =
      member.isEmpty ? "" : "/" + member.split(separator: ".").map(Self.escape).joined(separator: "/")
    faults.append(Problem.Fault(pointer: pointer + path, detail: detail))
  }

  mutating func add(_ others: [Problem.Fault]) { faults += others }

  /// A member by its name; nil where it is absent or null.
  func member(_ name: String) -> JSONSlice? {
    guard let member = value[name], !member.isNull else { return nil }
    return member
  }

  mutating func string(_ name: String) -> String? {
    guard let member = member(name) else { return nil }
    if let text = member.string { return text }
    fail(name, "must be a string")
    return nil
  }

  mutating func bool(_ name: String) -> Bool? {
    guard let member = member(name) else { return nil }
    if let value = member.bool { return value }
    fail(name, "must be true or false")
    return nil
  }

  mutating func strings(_ name: String) -> [String: String] {
    guard let member = member(name) else { return [:] }
    guard member.kind == .object else {
      fail(name, "must be an object whose members are strings")
      return [:]
    }
    var map: [String: String] = [:]
    for (key, value) in member.members {
      guard let text = value.string else {
        add([Problem.Fault(pointer: "\(pointer)/\(name)/\(Self.escape(key))", detail: "must be a string")])
        continue
      }
      map[key] = text
    }
    return map
  }

  mutating func list(_ name: String) -> [String]? {
    guard let member = member(name) else { return nil }
    let texts = member.elements.map(\.string)
    guard member.kind == .array, !texts.contains(nil) else {
      fail(name, "must be a list of strings")
      return nil
    }
    return texts.compactMap { $0 }
  }

  /// RFC 6901 section 3.
  private static func escape(_ token: some StringProtocol) -> String {
    String(token).replacing("~", with: "~0").replacing("/", with: "~1")
  }

  /// The problem of a body with faults; at most 100 of them are told.
  static func problem(_ faults: [Problem.Fault]) -> Problem {
    let count = faults.count == 1 ? "One member is" : "\(faults.count) members are"
    return Problem(422, "\(count) not as they must be; nothing was done.", faults: Array(faults.prefix(100)))
  }

  static func document(_ bytes: [UInt8]) throws(Problem) -> JSONSlice {
    do throws(JSONSyntaxError) {
      return try JSONDocument(bytes).root
    } catch {
      throw .badRequest("The body is not JSON: \(error).")
    }
  }
}
