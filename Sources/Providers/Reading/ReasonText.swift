import Model

/// Makes what a server said fit for logs and messages.
struct ReasonText: Sendable {
  /// Longest text kept, in characters.
  static let longest = 200

  private let secrets: [String]

  /// Texts that must not show, because a server may echo them. Those of under 4 characters are no secrets, and
  /// masking them would spoil every message.
  init(masking secrets: [Secret]) {
    self.secrets = secrets.flatMap { [$0.reveal()] + $0.revealParts() }.filter { $0.utf8.count >= 4 }
      // The longest first, so that none is left with its tail showing.
      .sorted { $0.utf8.count > $1.utf8.count }
  }

  /// Secrets masked, white space made one space, control characters escaped, cut to length. Empty texts are nil.
  func clean(_ text: String) -> String? {
    var masked = text
    for secret in secrets where masked.contains(secret) {
      masked = masked.split(separator: secret, omittingEmptySubsequences: false).joined(separator: "***")
    }
    var clean = ""
    var count = 0
    for word in masked.split(whereSeparator: \.isWhitespace) {
      if count > 0 { clean += " " }
      for scalar in word.unicodeScalars {
        if count >= Self.longest { return clean + "…" }
        if Self.isUnprintable(scalar) {
          clean += "\\u{\(String(scalar.value, radix: 16))}"
        } else {
          clean.unicodeScalars.append(scalar)
        }
        count += 1
      }
      count += 1
    }
    return clean.isEmpty ? nil : clean
  }

  /// Control characters, line and paragraph separators, and what turns the direction of writing.
  static func isUnprintable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F..<0xA0, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069: true
    default: false
    }
  }
}
