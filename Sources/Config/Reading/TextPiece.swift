/// A stretch of a scalar's text: as it stands in the file, or put in by `${…}`.
package enum TextPiece: Sendable, Equatable {
  /// As it stands in the file; `$$` is a dollar sign already.
  case literal(String)
  /// In the place of a `${…}`. Where it is no default of the file's own, it came from outside and may be a
  /// secret.
  case substituted(String, isDefault: Bool)

  package var text: String {
    switch self {
    case .literal(let text), .substituted(let text, _): text
    }
  }

  /// The text, where it came from outside the file.
  package var foreign: String? {
    if case .substituted(let text, isDefault: false) = self { text } else { nil }
  }
}
