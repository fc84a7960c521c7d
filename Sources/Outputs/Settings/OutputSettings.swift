import Model
import Templates

/// What a source's `outputs` section says.
package struct OutputSettings: Sendable {
  package var target: SaveTarget
  /// Of each copy, within the target.
  package var name: TextTemplate
  /// Whether the deliveries of a success wait until its outputs are saved.
  package var holdsHooks: Bool
  /// Most bytes kept in the target altogether; nil for no limit of its own.
  package var limit: Int64?
  /// Files at once.
  package var connections: Int
  /// How long one file is tried for.
  package var giveUpAfter: Duration
  /// Where output URLs may lead beside public addresses.
  package var allowed: [AllowedPlace]

  package init(
    target: SaveTarget, name: TextTemplate, holdsHooks: Bool = true, limit: Int64? = nil,
    connections: Int = 4, giveUpAfter: Duration = .seconds(6 * 3600), allowed: [AllowedPlace] = []
  ) {
    self.target = target
    self.name = name
    self.holdsHooks = holdsHooks
    self.limit = limit
    self.connections = connections
    self.giveUpAfter = giveUpAfter
    self.allowed = allowed
  }
}

/// Where copies are kept.
package enum SaveTarget: Sendable, Hashable {
  /// An absolute path.
  case folder(String)
  case bucket(S3Bucket)

  /// What the paths of all copies in it begin with.
  package var prefix: String {
    switch self {
    case .folder(let path): path.hasSuffix("/") ? path : path + "/"
    case .bucket(let bucket): bucket.path("")
    }
  }
}
