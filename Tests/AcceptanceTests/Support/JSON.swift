import Foundation

/// A JSON value read by Foundation, which is not the reader under test.
struct JSON: Sendable, CustomStringConvertible {
  private enum Value: Sendable {
    case none, null
    case bool(Bool)
    case number(Double)
    case text(String)
    case array([JSON])
    case object([String: JSON])
  }

  private let value: Value

  /// What cannot be read has no members and no value.
  init(_ bytes: some Sequence<UInt8>) {
    let read = try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
    self.init(foundation: read)
  }

  init(_ text: String) { self.init(text.utf8) }

  private init(foundation: Any?) {
    value =
      switch foundation {
      case let text as String: .text(text)
      case let number as NSNumber:
        CFBooleanIdentity.isBool(number) ? .bool(number.boolValue) : .number(number.doubleValue)
      case let items as [Any]: .array(items.map { JSON(foundation: $0) })
      case let members as [String: Any]: .object(members.mapValues { JSON(foundation: $0) })
      case is NSNull: .null
      default: .none
      }
  }

  private init(_ value: Value) { self.value = value }

  subscript(_ key: String) -> JSON {
    if case .object(let members) = value { return members[key] ?? JSON(Value.none) }
    return JSON(Value.none)
  }

  subscript(_ index: Int) -> JSON {
    if case .array(let items) = value, items.indices.contains(index) { return items[index] }
    return JSON(Value.none)
  }

  var text: String? { if case .text(let text) = value { text } else { nil } }
  var number: Double? { if case .number(let number) = value { number } else { nil } }
  var integer: Int? { number.flatMap { Int(exactly: $0) } }
  var bool: Bool? { if case .bool(let bool) = value { bool } else { nil } }
  var isNull: Bool { if case .null = value { true } else { false } }
  /// Whether there is such a value at all.
  var exists: Bool { if case .none = value { false } else { true } }
  var items: [JSON] { if case .array(let items) = value { items } else { [] } }
  var keys: Set<String> { if case .object(let members) = value { Set(members.keys) } else { [] } }

  var description: String { "\(value)" }

  /// One value a line.
  static func lines(_ text: String) -> [JSON] {
    text.split(separator: "\n").map { JSON(String($0)) }
  }
}

private enum CFBooleanIdentity {
  static func isBool(_ number: NSNumber) -> Bool { String(cString: number.objCType) == "c" }
}
