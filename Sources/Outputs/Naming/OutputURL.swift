import Config
import Foundation
import Model

/// The address of an output file, as it is asked for and as it names its file.
struct OutputURL: Sendable, Hashable {
  /// As it is sent: what a URL cannot have unencoded, and providers send all the same, is percent-encoded.
  let text: String
  /// Host, and port where one is given: what logs and reasons may show.
  let host: String
  /// Nil where the host is written in a way that needs reading, or has a user before it.
  let origin: Origin?
  /// The last part of the path, decoded; empty where there is none.
  private let name: String

  struct Origin: Sendable, Hashable {
    let scheme: String
    let host: String
    let port: Int
  }

  /// Nil where the text is no http or https URL.
  init?(_ url: String) {
    guard let colon = url.range(of: "://") else { return nil }
    let rest = url[colon.upperBound...]
    let authority = rest.prefix { !"/?#".contains($0) }
    let tail = rest[authority.endIndex...].prefix { $0 != "#" }
    text = url[..<colon.upperBound] + authority + Self.encoded(tail)
    guard URLText.refusal(of: text, schemes: ["http", "https"]) == nil else { return nil }
    let bare = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
    host = PrintableText.cut(PrintableText.escape(bare.utf8), to: 100)
    origin = Origin(scheme: url[..<colon.lowerBound], authority: authority)
    let segment = tail.prefix { $0 != "?" }.split(separator: "/").last ?? ""
    name = segment.removingPercentEncoding ?? String(segment)
  }

  /// As the path names the file, without its extension.
  var file: String { String(name.dropLast(FileExtension.ending(of: name).count)) }

  /// As the path ends, with its dot and in small letters; empty where it names none, or only a program.
  var fileExtension: String {
    let ending = FileExtension.ending(of: name).lowercased()
    return [".php", ".asp", ".aspx", ".jsp", ".cgi", ".do", ".exe"].contains(ending) ? "" : ending
  }

  private static func encoded(_ tail: Substring) -> String {
    if tail.unicodeScalars.allSatisfy(isBare) { return String(tail) }
    return tail.unicodeScalars.map { isBare($0) ? String($0) : PercentEncoding.encode(String($0)) }.joined()
  }

  private static func isBare(_ scalar: Unicode.Scalar) -> Bool {
    (0x21...0x7E).contains(scalar.value) && !"\"<>\\^`{|}".unicodeScalars.contains(scalar)
  }
}

extension OutputURL.Origin {
  /// - Parameter authority: nothing but a plain name or address, and perhaps a port.
  fileprivate init?(scheme: Substring, authority: Substring) {
    let isPlain = authority.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: ":"),
        UInt8(ascii: "["), UInt8(ascii: "]"):
        true
      default: false
      }
    }
    guard isPlain else { return nil }
    let scheme = scheme.lowercased()
    let afterAddress = authority.lastIndex(of: "]") ?? authority.startIndex
    let colon = authority[afterAddress...].lastIndex(of: ":")
    let number = colon.flatMap { Int(authority[authority.index(after: $0)...]) }
    if colon != nil, number == nil { return nil }
    self.scheme = scheme
    host = authority[..<(colon ?? authority.endIndex)].lowercased()
    port = number ?? (scheme == "https" ? 443 : 80)
  }
}
