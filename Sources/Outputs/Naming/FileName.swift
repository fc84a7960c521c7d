import Model
import Templates

/// The name of a copy within its target: what a template made of it, turned into a path that leads nowhere else,
/// whatever a task tells.
struct FileName: Sendable, Equatable {
  /// Most bytes of the whole, and of one part (NAME_MAX). A key of S3 has 1,024, of which 256 are left to a prefix.
  static let longest = 767
  static let longestPart = 255

  let folders: [String]
  private let stem: String
  /// `.mp4`; empty where there is none.
  private let suffix: String

  /// - Parameter fileExtension: what of the name's end is to be kept together, where it ends in that.
  init(_ rendered: String, extension fileExtension: String = "") {
    var parts = rendered.split(separator: "/").compactMap { Self.plain($0) }
    let last = parts.popLast() ?? "_"
    folders = Self.fitting(parts, in: Self.longest - Self.longestPart - 1)
    suffix = Self.suffix(of: last, known: fileExtension)
    stem = String(last.dropLast(suffix.count))
  }

  var path: String { numbered(1) }

  /// The second of several with the same name, and so on: `0-2.mp4`. The first is the name itself.
  func numbered(_ number: Int) -> String { (folders + [part(number: number)]).joined(separator: "/") }

  private func part(number: Int) -> String {
    let mark = number > 1 ? "-\(number)" : ""
    let room = Self.longestPart - mark.utf8.count - suffix.utf8.count
    let cut = Self.cut(stem, to: room)
    return (suffix.isEmpty ? Self.withoutLooseEnd(cut) : cut) + mark + suffix
  }

  /// A part as it can stand in any path; nil of one that means nothing.
  private static func plain(_ part: Substring) -> String? {
    var plain = String.UnicodeScalarView()
    for scalar in part.unicodeScalars { plain.append(isPlain(scalar) ? scalar : "_") }
    let text = String(plain.drop { $0.properties.isWhitespace })
    if text.isEmpty || text == "." { return nil }
    let kept = withoutLooseEnd(text)
    if kept.isEmpty { return "_" }
    // Files that are not shown are the program's own, on their way.
    return kept.hasPrefix(".") ? "_" + kept.dropFirst() : kept
  }

  /// Dots and blanks at the end are lost on other systems.
  private static func withoutLooseEnd(_ text: String) -> String {
    var kept = text[...]
    while let last = kept.unicodeScalars.last, last == "." || last.properties.isWhitespace {
      kept.unicodeScalars.removeLast()
    }
    return String(kept)
  }

  private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    // Separators of other systems; line and paragraph separators; marks that change the direction of writing.
    case 0x5C, 0x2028, 0x2029, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: false
    default: scalar.properties.generalCategory != .control
    }
  }

  private static func fitting(_ parts: [String], in room: Int) -> [String] {
    var left = room
    var fitting: [String] = []
    for part in parts {
      let cut = withoutLooseEnd(cut(part, to: min(left, longestPart)))
      if cut.isEmpty { break }
      fitting.append(cut)
      left -= cut.utf8.count + 1
    }
    return fitting
  }

  /// At most so many bytes, cut between characters; within one only where that is longer by itself.
  private static func cut(_ text: String, to limit: Int) -> String {
    if text.utf8.count <= limit { return text }
    var left = limit
    var end = text.startIndex
    for index in text.indices {
      left -= text[index].utf8.count
      if left < 0 { break }
      end = text.index(after: index)
    }
    if end > text.startIndex { return String(text[..<end]) }
    var scalars = String.UnicodeScalarView()
    left = limit
    for scalar in text.unicodeScalars {
      left -= UTF8.width(scalar)
      if left < 0 { break }
      scalars.append(scalar)
    }
    return String(scalars)
  }

  private static func suffix(of part: String, known: String) -> String {
    if !known.isEmpty, part.hasSuffix(known), part.count > known.count { return known }
    let end = FileExtension.ending(of: part)
    return end.count < part.count ? String(end) : ""
  }
}

extension FileName {
  /// Where no other is asked for.
  static let usual = "{{id}}/{{index}}{{extension}}"
  static let usualTemplate = try? TextTemplate(usual, escape: .path, knowing: words)

  /// What the template of a name can name: the event, and the file.
  static let words = ["index", "number", "file", "extension", "content_type"].reduce(
    TemplateNames.message.without(["delivery", "attempt", "digest"])
  ) { $0.adding($1) }
}

extension UTF8 {
  fileprivate static func width(_ scalar: Unicode.Scalar) -> Int { String(scalar).utf8.count }
}
