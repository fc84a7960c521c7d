import Model
import Templates

/// The value of a service's own key in the config.
enum SettingValue: Sendable, Equatable {
  case text(String)
  case number(Int)
  case secret(Secret)
  case url(SecretURL)

  /// The value itself, for what must send it.
  func reveal() -> String {
    switch self {
    case .text(let text): text
    case .number(let number): String(number)
    case .secret(let secret): secret.reveal()
    case .url(let url): url.reveal()
    }
  }

  /// As templates see it.
  /// - Parameter hidden: whether `***` stands for a credential.
  func template(hidden: Bool) -> TemplateValue {
    switch self {
    case .text(let text): .text(text)
    case .number(let number): .integer(number)
    case .secret, .url: .text(hidden ? "***" : reveal())
    }
  }

  /// The forms in which a receiver may echo it and that must not be shown.
  var secrets: [String] {
    switch self {
    case .text, .number: []
    case .secret(let secret): SecretMask.forms(of: secret)
    case .url(let url): SecretMask.forms(of: url)
    }
  }
}
