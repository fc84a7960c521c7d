/// What a source's `provider` may say.
package enum ProviderChoice: Sendable, Hashable, RawRepresentable, CaseIterable {
  case preset(Preset)
  /// A mapping of the source's own.
  case http

  package init?(rawValue: String) {
    if rawValue == "http" {
      self = .http
    } else {
      guard let preset = Preset(rawValue: rawValue) else { return nil }
      self = .preset(preset)
    }
  }

  package var rawValue: String {
    switch self {
    case .preset(let preset): preset.rawValue
    case .http: "http"
    }
  }

  package static var allCases: [ProviderChoice] { Preset.allCases.map { .preset($0) } + [.http] }
}
