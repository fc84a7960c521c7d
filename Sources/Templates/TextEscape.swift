/// What a service's markup wants done to a text that is to be shown as it is.
///
/// Applied to what `{{x}}` puts in, not to the template around it; `{{{x}}}` and `{{&x}}` stay as they are.
package enum TextEscape: String, Sendable, CaseIterable {
  case none
  /// `&`, `<` and `>` as entities (HTML, and Telegram's `parse_mode: HTML`).
  case html
  /// The same three, the only ones that Slack reads (Slack: "Formatting text for app surfaces").
  case slackMrkdwn = "slack"
  /// A backslash before what Markdown gives a meaning to (CommonMark 2.4, Discord, Teams).
  case markdown
  /// A backslash before what Telegram's `MarkdownV2` gives a meaning to (Bot API: "Formatting options").
  case telegramMarkdownV2 = "telegram"
  /// As Markdown, and a character that is not seen after each `@`: Mattermost calls `@all` from a webhook's texts
  /// too, and reads no escape of it.
  case mattermost
  /// An underscore for what no part of a file's path can hold: the separators, also those of others, and control
  /// characters.
  case path

  package func apply(to text: String) -> String {
    switch self {
    case .none: text
    case .html, .slackMrkdwn:
      Self.replacing(text) { character in
        switch character {
        case "&": "&amp;"
        case "<": "&lt;"
        case ">": "&gt;"
        default: nil
        }
      }
    case .markdown:
      Self.replacing(text) { "\\`*_{}[]()#+-.!|~>".unicodeScalars.contains($0) ? "\\\($0)" : nil }
    case .path:
      Self.replacing(text) {
        "/\\".unicodeScalars.contains($0) || $0.properties.generalCategory == .control ? "_" : nil
      }
    case .mattermost:
      Self.replacing(TextEscape.markdown.apply(to: text)) { $0 == "@" ? "@\u{200B}" : nil }
    case .telegramMarkdownV2:
      Self.replacing(text) { "_*[]()~`>#+-=|{}.!\\".unicodeScalars.contains($0) ? "\\\($0)" : nil }
    }
  }

  private static func replacing(_ text: String, _ replacement: (Unicode.Scalar) -> String?) -> String {
    var escaped = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if let other = replacement(scalar) {
        escaped.append(contentsOf: other.unicodeScalars)
      } else {
        escaped.append(scalar)
      }
    }
    return String(escaped)
  }
}
