import Foundation
import Model

/// The address of a task's output, fit to stand in a message.
struct OutputLink: Sendable, Equatable {
  enum Kind: String, Sendable { case image, video, file }

  /// With `http://` or `https://`, in ASCII; nothing in it ends a link in any service's markup.
  let url: String
  /// The file's name, or the host where the path has none.
  let name: String
  let kind: Kind

  /// Nil where `text` is no web address, or is one that services refuse: Discord takes 2048 characters at most.
  init?(_ text: String) {
    let url = Self.encoded(text)
    guard url.utf8.count <= 2048, let components = URLComponents(string: url),
      let scheme = components.scheme?.lowercased(), scheme == "http" || scheme == "https",
      let host = components.host, !host.isEmpty
    else { return nil }
    self.url = url
    let file = components.path.split(separator: "/").last.map(String.init) ?? ""
    name = PlainText.line(file.isEmpty ? host : file, TextLimit(100, .characters))
    kind = Self.kind(of: file)
  }

  /// What a provider tells, its addresses percent-encoded where they hold what RFC 3986 has no place for: spaces,
  /// letters beyond ASCII, and the quotes, brackets and bars that chat services read as markup.
  private static func encoded(_ text: String) -> String {
    var url = ""
    for byte in text.utf8 {
      if isPlain(byte) {
        url.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        url += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
      }
    }
    return url
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: "-._~:/?#@!$&+,;=%".utf8.contains(byte)
    }
  }

  /// By the extension, as services and browsers guess it too.
  private static func kind(of file: String) -> Kind {
    guard let dot = file.lastIndex(of: ".") else { return .file }
    return switch file[dot...].dropFirst().lowercased() {
    case "png", "jpg", "jpeg", "gif", "webp": .image
    case "mp4", "webm", "mov", "m4v": .video
    default: .file
    }
  }

  /// The addresses among what stands at these places of a task, in order and each once, at most `most`.
  static func all(at paths: [JSONPath], in task: JSONSlice, most: Int) -> [OutputLink] {
    var links: [OutputLink] = []
    for path in paths {
      for value in path.all(in: task) {
        guard links.count < most else { return links }
        guard let link = value.string.flatMap({ OutputLink($0) }), !links.contains(link) else { continue }
        links.append(link)
      }
    }
    return links
  }
}
