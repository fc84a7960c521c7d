import Model

/// A value that a template may show: of the event, of the task JSON, or made by a transform.
package enum TemplateValue: Sendable {
  case null
  case bool(Bool)
  /// A number as JSON spells it.
  case number(String)
  case text(String)
  case list([TemplateValue])
  /// The members in order.
  case object([(name: String, value: TemplateValue)])
  /// A value out of a JSON text; shown as it is spelt there.
  case json(JSONSlice)

  package static func integer(_ value: Int) -> TemplateValue { .number(String(value)) }

  /// A text, or null where there is none.
  package static func optional(_ text: String?) -> TemplateValue { text.map { .text($0) } ?? .null }

  package enum Kind: Sendable { case null, bool, number, text, list, object }

  package var kind: Kind {
    switch self {
    case .null: .null
    case .bool: .bool
    case .number: .number
    case .text: .text
    case .list: .list
    case .object: .object
    case .json(let slice):
      switch slice.kind {
      case .null: .null
      case .bool: .bool
      case .number: .number
      case .string: .text
      case .array: .list
      case .object: .object
      }
    }
  }

  /// Whether a section over the value is left out, and its inverse shown: null, false, an empty text and an
  /// empty list, as in JavaScript; 0 and an empty object count as something.
  package var isFalsey: Bool {
    switch kind {
    case .null: true
    case .bool: text == "false"
    case .text: text.isEmpty
    case .list: count == 0
    case .number, .object: false
    }
  }

  /// As it stands within a text: a string's characters, a number as it was spelt, compact JSON of lists and
  /// objects, nothing for null.
  package var text: String {
    switch self {
    case .null: return ""
    case .bool(let value): return value ? "true" : "false"
    case .number(let text), .text(let text): return text
    case .list, .object: return jsonText
    case .json(let slice):
      switch slice.kind {
      case .null: return ""
      case .string: return slice.string ?? ""
      case .bool, .number: return String(decoding: slice.bytes, as: UTF8.self)
      case .array, .object: return jsonText
      }
    }
  }

  /// The value as compact JSON text.
  var jsonText: String {
    if case .json(let slice) = self { return String(decoding: slice.compact, as: UTF8.self) }
    var json = JSONWriter()
    write(to: &json)
    return String(decoding: json.bytes, as: UTF8.self)
  }

  /// Writes the value; what came as JSON, byte for byte.
  package func write(to json: inout JSONWriter) {
    switch self {
    case .null: json.null()
    case .bool(let value): json.bool(value)
    case .number(let text): json.raw(Array(text.utf8))
    case .text(let text): json.string(text)
    case .list(let items): json.array { json in for item in items { item.write(to: &json) } }
    case .object(let members):
      json.object { json in
        for member in members {
          json.key(member.name)
          member.value.write(to: &json)
        }
      }
    case .json(let slice): json.raw(Array(slice.bytes))
    }
  }
}

extension JSONSlice {
  /// The value as it is spelt, without the white space between its parts.
  fileprivate var compact: [UInt8] {
    var compact: [UInt8] = []
    compact.reserveCapacity(bytes.count)
    var isInString = false
    var isEscaped = false
    for byte in bytes {
      if isInString {
        if isEscaped {
          isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
          isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
          isInString = false
        }
      } else {
        if byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { continue }
        isInString = byte == UInt8(ascii: "\"")
      }
      compact.append(byte)
    }
    return compact
  }
}
