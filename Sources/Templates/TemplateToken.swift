/// What the text of a template falls into. Offsets are in bytes of its UTF-8; nil where `${…}` stands in it.
enum TemplateToken: Sendable, Equatable {
  /// Text that is shown as it stands.
  case literal(String)
  /// What `${…}` put in, which is never read as a template; `isSecret` where it came from outside the file.
  case inserted(String, isSecret: Bool)
  /// `{{! a note }}`, which shows nothing.
  case comment
  /// `{{x}}`, or raw `{{{x}}}` and `{{&x}}`.
  case value(TemplateExpression, isRaw: Bool, offset: Int?)
  /// `{{#x}}`, or inverted `{{^x}}`.
  case open(TemplateExpression, isInverted: Bool, offset: Int?)
  /// `{{/x}}`
  case close(TemplateExpression, offset: Int?)
}
