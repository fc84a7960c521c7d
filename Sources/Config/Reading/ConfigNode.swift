import YAML

/// A cursor on one node of a config file, `${…}` put in already.
package struct ConfigNode: Sendable {
  /// What stands in the node's place, as YAML sees it.
  package enum Kind: String, Sendable, CaseIterable {
    case null, scalar, sequence, mapping
  }

  enum Content: Sendable {
    case null
    case scalar(text: String, isQuoted: Bool, origin: String?, pieces: [TextPiece])
    /// A scalar whose `${…}`, or an alias, could not be resolved, which is reported already.
    case broken
    case sequence([ConfigNode])
    case mapping([ConfigEntry])
  }

  let content: Content
  let location: ConfigPath
  private let shared: Shared
  /// Where the node is written.
  package let position: TextPosition
  /// Where the key stands under which the node is written; for an item of a list the item's own place, for the
  /// top of the file its first character. What is missing in a node is missed here.
  package let keyPosition: TextPosition

  /// A reference, so that a node stays small.
  private final class Shared: Sendable {
    let context: ConfigContext
    init(_ context: ConfigContext) { self.context = context }
  }

  init(_ content: Content, at position: TextPosition, root context: ConfigContext) {
    self.content = content
    self.position = position
    keyPosition = .start
    location = ConfigPath()
    shared = Shared(context)
  }

  init(
    _ content: Content, at position: TextPosition, keyPosition: TextPosition, location: ConfigPath,
    sharing other: ConfigNode
  ) {
    self.content = content
    self.position = position
    self.keyPosition = keyPosition
    self.location = location
    shared = other.shared
  }

  /// The file's folder, environment and diagnostics.
  package var context: ConfigContext { shared.context }

  /// The key's path, `hooks.alert.on[2]`; empty at the top of the file.
  package var path: String { location.description }

  package var kind: Kind {
    switch content {
    case .null: .null
    case .scalar, .broken: .scalar
    case .sequence: .sequence
    case .mapping: .mapping
    }
  }

  /// Whether a `${…}` of this scalar, or the alias in its place, could not be resolved. That is reported; `text` is nil and `fail` adds
  /// nothing.
  package var isBroken: Bool {
    if case .broken = content { true } else { false }
  }

  /// The text of a scalar with `${…}` put in; nil for all else.
  package var text: String? {
    if case .scalar(let text, _, _, _) = content { text } else { nil }
  }

  /// Whether the text stood in quotes or in a block scalar.
  package var isQuoted: Bool {
    if case .scalar(_, let isQuoted, _, _) = content { isQuoted } else { false }
  }

  /// Whether some of the text came by `${…}`.
  package var isSubstituted: Bool { origin != nil }

  /// `${NAME}` as it was written, where some of the text came by it.
  var origin: String? {
    if case .scalar(_, _, let origin, _) = content { origin } else { nil }
  }

  /// The texts that came into this scalar from outside the file, by `${NAME}` and `${file:…}`: where one of
  /// them is a secret within a longer text, it may be told by itself.
  package var parts: [String] { pieces.compactMap(\.foreign) }

  /// The text of a scalar in its stretches, of which those put in by `${…}` are not to be read again as
  /// anything; empty for all else.
  package var pieces: [TextPiece] {
    guard case .scalar(let text, _, _, let pieces) = content else { return [] }
    return pieces.isEmpty ? [.literal(text)] : pieces
  }

  /// The items of a list; empty for all else.
  package var items: [ConfigNode] {
    if case .sequence(let items) = content { items } else { [] }
  }

  /// The entries of a mapping in the order of the file; empty for all else.
  package var entries: [ConfigEntry] {
    if case .mapping(let entries) = content { entries } else { [] }
  }

  /// The value of a key; nil where it is absent or null.
  package subscript(_ key: String) -> ConfigNode? {
    guard let entry = entries.first(where: { $0.key == key }), entry.value.kind != .null else { return nil }
    return entry.value
  }

  /// The value as a message may show it: quoted, or only its origin where some of it came by `${…}`. A decoder
  /// of secrets shows neither.
  package var shown: String {
    switch content {
    case .null: "nothing"
    case .broken: "the value"
    case .scalar(let text, _, let origin, _): origin.map { "the value (from \($0))" } ?? Quoting.quoted(text)
    case .sequence: "a list"
    case .mapping: "a mapping"
    }
  }
}

/// A key of a mapping and its value.
package struct ConfigEntry: Sendable {
  package let key: String
  package let keyPosition: TextPosition
  package let value: ConfigNode
}
