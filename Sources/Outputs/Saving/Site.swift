import Model

/// What all saves of one source share.
final class Site: Sendable {
  let name: String
  let settings: OutputSettings
  let target: Target
  let base: OutputURL.Origin?
  let slots: Slots
  let room: TargetRoom?
  private let ownHeaders: [HTTPHeader]
  /// For the API's own host, which the config names; and for all others.
  private let trusted: HTTPProfile
  private let foreign: HTTPProfile

  /// Where its copies go, with what is needed for that.
  enum Target: Sendable {
    case folder(String)
    case bucket(S3Requests)
  }

  init(
    _ name: String, _ settings: OutputSettings, baseURL: String, ownHeaders: [HTTPHeader],
    connection: ConnectionOptions, store: any Store
  ) {
    self.name = name
    self.settings = settings
    self.ownHeaders = ownHeaders
    base = OutputURL(baseURL)?.origin
    slots = Slots(settings.connections)
    trusted = Self.profile(connection, .anywhere)
    // What a source's `tls` shows and trusts is for the API.
    foreign = Self.profile(ConnectionOptions(), .publicOnly(allow: settings.allowed))
    let place = settings.target
    target =
      switch place {
      case .folder(let path): .folder(path)
      case .bucket(let bucket): .bucket(S3Requests(bucket))
      }
    room = settings.limit.map { limit in
      TargetRoom(limit: limit) {
        switch place {
        case .folder(let path):
          try? await Blocking.run { _ throws(FileTrouble) in FolderUsage.bytes(below: path) }
        case .bucket: try? await store.savedBytes(under: place.prefix)
        }
      }
    }
  }

  /// The request that a file's next part is asked for with.
  func request(_ ask: Fetch.Ask, sink: any BodySink) -> HTTPRequest {
    HTTPRequest(
      ask.isTrusted ? trusted : foreign, url: ask.url,
      headers: ask.headers
        + (ask.isOwn ? ownHeaders.filter { !Self.own.contains($0.name.lowercased()) } : []),
      sink: sink)
  }

  var rules: Fetch.Rules { Fetch.Rules(giveUpAfter: settings.giveUpAfter) }

  /// What is said of a file's request whatever the API wants to be told.
  private static let own: Set<String> = [
    "accept", "accept-encoding", "range", "if-range", "user-agent", "content-type",
  ]

  /// The bytes are kept as they come: packed ones would have another length and sum.
  private static func profile(_ connection: ConnectionOptions, _ reach: Reach) -> HTTPProfile {
    HTTPProfile(
      method: "GET",
      headers: [
        HTTPHeader("accept", "*/*"), HTTPHeader("accept-encoding", "identity"),
        HTTPHeader("user-agent", Version.userAgent),
      ],
      connection: connection, timeout: .seconds(24 * 3600), bodyLimit: 16 << 10, overflow: .truncate,
      reach: reach, decodes: false, stall: .seconds(30))
  }
}
