import Crypto
import Foundation

/// A value that cannot be printed: a key, a token, a password.
package struct Secret: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible,
  CustomReflectable
{
  private let value: String

  package init(_ value: String) { self.value = value }

  /// The value itself, for the one place that must send it.
  package func reveal() -> String { value }

  package var description: String { "***" }
  package var debugDescription: String { "***" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}

/// A URL that may be a credential: prints as `https://hooks.slack.com/…#3fa1`.
package struct SecretURL: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible,
  CustomReflectable
{
  private let value: String

  package init(_ value: String) { self.value = value }

  /// The URL itself, for the one place that must open it.
  package func reveal() -> String { value }

  /// Scheme and host, then the first 16 bits of the URL's SHA-256 to tell two apart.
  package var description: String {
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
