import Crypto
import Foundation

/// A value that cannot be printed: a key, a token, a password.
package struct Secret: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible,
  CustomReflectable
{
  private let value: String
  private let parts: [String]

  /// `parts` are the texts within the value that are secrets by themselves, such as the token in
  /// `Token 3fa1…`.
  package init(_ value: String, parts: [String] = []) {
    self.value = value
    self.parts = parts
  }

  /// The value itself, for the one place that must send it.
  package func reveal() -> String { value }

  /// Its parts, for what must not show them. Those of under 8 bytes are no secrets, and are in every text.
  package func revealParts() -> [String] { parts.filter { $0.utf8.count >= 8 && $0 != value } }

  package static func == (a: Secret, b: Secret) -> Bool { a.value == b.value }
  package func hash(into hasher: inout Hasher) { hasher.combine(value) }

  package var description: String { "***" }
  package var debugDescription: String { "***" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}

/// A URL that may be a credential: prints as `https://hooks.slack.com/…#3fa1`.
package struct SecretURL: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible,
  CustomReflectable
{
  private let value: String
  private let parts: [String]

  /// `parts` are the texts within the URL that are secrets by themselves.
  package init(_ value: String, parts: [String] = []) {
    self.value = value
    self.parts = parts
  }

  /// The URL itself, for the one place that must open it.
  package func reveal() -> String { value }

  /// Its parts, for what must not show them; those of under 8 bytes are left out.
  package func revealParts() -> [String] { parts.filter { $0.utf8.count >= 8 && $0 != value } }

  package static func == (a: SecretURL, b: SecretURL) -> Bool { a.value == b.value }
  package func hash(into hasher: inout Hasher) { hasher.combine(value) }

  /// Scheme and host, then the first 16 bits of the URL's SHA-256 to tell two apart. What is such a description
  /// already stays as it is: it may have come from another process.
  package var description: String {
    if value.wholeMatch(of: #/https?:\/\/[^\/?#@\s]+\/…#[0-9a-f]{4}/#) != nil { return value }
    var origin = Substring(value)
    if let scheme = value.range(of: "://") {
      var end = value[scheme.upperBound...].firstIndex { "/?#".contains($0) } ?? value.endIndex
      var host = value[scheme.upperBound..<end]
      if let at = host.lastIndex(of: "@") { host = host[host.index(after: at)...] }
      if host.isEmpty { end = scheme.upperBound }
      origin = value[..<scheme.upperBound] + host
    } else {
      origin = ""
    }
    let hash = SHA256.hash(data: Array(value.utf8)).prefix(2)
    let mark = hash.map { byte in
      let digits = Array("0123456789abcdef")
      return String([digits[Int(byte >> 4)], digits[Int(byte & 15)]])
    }
    return "\(origin)/…#\(mark.joined())"
  }

  package var debugDescription: String { description }
  package var customMirror: Mirror { Mirror(self, children: []) }
}
