/// How names and values are shown in messages.
enum Quoting {
  /// In double quotes, control characters escaped, cut to `most` characters.
  static func quoted(_ text: String, most: Int = 60) -> String {
    var shown = "\""
    for scalar in text.unicodeScalars.prefix(most) {
      switch scalar {
      case "\n": shown += "\\n"
      case "\t": shown += "\\t"
      case "\"": shown += "\\\""
      case "\\": shown += "\\\\"
      default:
        if scalar.properties.generalCategory == .control || scalar.properties.generalCategory == .format {
          shown += "\\u{\(String(scalar.value, radix: 16))}"
        } else {
          shown.unicodeScalars.append(scalar)
        }
      }
    }
    return shown + (text.unicodeScalars.count > most ? "…" : "") + "\""
  }

  /// A file's path in double quotes.
  static func path(_ path: String) -> String { quoted(path, most: 240) }

  /// A name as part of a key's path: bare where it is a plain word.
  static func pathComponent(_ name: String) -> String {
    let isWord =
      !name.isEmpty && name.unicodeScalars.count <= 60
      && name.unicodeScalars.allSatisfy {
        $0.properties.isAlphabetic || $0.properties.numericType != nil || "_-/".unicodeScalars.contains($0)
      }
    return isWord ? name : quoted(name)
  }

  /// `a`, `a or b`, `a, b or c`.
  static func alternatives(_ words: [String]) -> String {
    guard let last = words.last, words.count > 1 else { return words.first ?? "" }
    return words.dropLast().joined(separator: ", ") + " or " + last
  }
}
