import Model

/// What callers sent, as an answer may show it: in quotes, cut, without control characters.
enum Quoted {
  static func text(_ text: some StringProtocol) -> String { PrintableText.quoted(text) }
}
