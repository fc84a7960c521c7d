import CLinux
import Foundation
import Model

/// Replaces secret values in what a receiver or a script echoes back.
package struct SecretMask: Sendable {
  /// Longest first, so that a secret that contains another is replaced as a whole.
  private let secrets: [[UInt8]]

  /// The longest secret, in bytes: a text that was cut may end in a part of one that much long.
  var longest: Int { secrets.first?.count ?? 0 }

  /// Empty values are left out: there is nothing to hide.
  package init(_ values: some Sequence<String>) {
    secrets = Set(values.filter { !$0.isEmpty }).map { Array($0.utf8) }
      .sorted { $0.count != $1.count ? $0.count > $1.count : $0.lexicographicallyPrecedes($1) }
  }

  /// What hides all that any of these hide, but for what is so short that it may be a word elsewhere: 8 bytes are
  /// the least.
  package init(all masks: some Sequence<SecretMask>) {
    self.init(masks.flatMap(\.secrets).filter { $0.count >= 8 }.map { String(decoding: $0, as: UTF8.self) })
  }

  /// The mask with further secrets, such as a token that was not known before.
  func adding(_ values: [String]) -> SecretMask {
    values.isEmpty ? self : SecretMask(secrets.map { String(decoding: $0, as: UTF8.self) } + values)
  }

  func apply(to bytes: [UInt8]) -> [UInt8] {
    secrets.reduce(bytes) { text, secret in Self.replace(secret, in: text) }
  }

  func apply(to text: String) -> String {
    secrets.isEmpty ? text : String(decoding: apply(to: Array(text.utf8)), as: UTF8.self)
  }

  private static func replace(_ secret: [UInt8], in text: [UInt8]) -> [UInt8] {
    guard text.count >= secret.count else { return text }
    var masked: [UInt8] = []
    var copied = 0
    text.withUnsafeBytes { text in
      while let hit = memmem(text.baseAddress! + copied, text.count - copied, secret, secret.count) {
        let place = UnsafeRawPointer(hit) - text.baseAddress!
        masked.append(contentsOf: text[copied..<place])
        masked.append(contentsOf: "***".utf8)
        copied = place + secret.count
      }
    }
    if copied == 0 { return text }
    masked.append(contentsOf: text[copied...])
    return masked
  }
}

extension SecretMask {
  /// The forms in which a secret that was sent comes back: as it is, and as JSON, PHP's JSON, a query and a form
  /// write it. One of under 4 bytes is in every text, and secret in none.
  package static func forms(of secret: Secret) -> [String] {
    forms(of: secret.reveal()) + secret.revealParts()
  }

  /// The same of a text that is secret as a whole.
  static func forms(of value: String) -> [String] {
    if value.utf8.count < 4 { return [] }
    var json = JSONWriter()
    json.string(value)
    let escaped = String(decoding: json.bytes.dropFirst().dropLast(), as: UTF8.self)
    return [
      value, escaped, escaped.replacingOccurrences(of: "/", with: "\\/"), PercentEncoding.encode(value),
      PercentEncoding.form(value),
    ]
  }

  /// Whether a segment of a path may be a token: long, or of some length and with digits in it.
  private static func isLikelyToken(_ segment: String) -> Bool {
    segment.utf8.count >= 16 || segment.utf8.count >= 8 && segment.contains(where: \.isNumber)
  }

  /// The forms in which a URL that is a credential comes back: whole, its path and query as servers name
  /// them in their error pages, each segment that may be a token alone, and any of these with `/` escaped as PHP
  /// writes it in JSON.
  static func forms(of url: SecretURL) -> [String] {
    let whole = url.reveal()
    // The host is shown anyway.
    var forms = [whole] + url.revealParts().filter { !url.description.contains($0) }
    if let components = URLComponents(string: whole) {
      let path = components.percentEncodedPath
      let query = components.percentEncodedQuery
      if let query { forms.append(path + "?" + query) }
      forms.append(path)
      forms += path.split(separator: "/").map(String.init).filter(isLikelyToken)
      forms += (components.percentEncodedQueryItems ?? []).compactMap(\.value).filter { $0.utf8.count >= 8 }
      forms += [components.user, components.password].compactMap(\.self)
      forms += forms.compactMap(\.removingPercentEncoding)
    }
    // "/", "/a" and the like are in every text, and secret in none.
    forms = forms.filter { $0.utf8.count >= 4 }
    return forms + forms.map { $0.replacingOccurrences(of: "/", with: "\\/") }
  }
}
