import Config
import Model
import Testing

@testable import Providers

/// A source with the keys of a provider and one of another room, as the program composes it.
struct SourceSection: ConfigSection {
  static let stalledAfter = Key("stalled_after", .duration, default: .seconds(1800), doc: "Another room's.")
  static let keys = ProviderKeys.keys + [AnyKey(stalledAfter)]

  let provider: ProviderSettings

  init?(_ section: Section) {
    guard let provider = ProviderKeys.settings(section) else { return nil }
    self.provider = provider
  }
}

enum Fixtures {
  /// 1994-11-06T08:49:07Z, half a minute before the date that RFC 9110 uses in its examples.
  static let now = Timestamp(milliseconds: 784_111_747_000)

  /// Reads a source as it stands in a config; also answers what was wrong with it.
  static func source(_ yaml: String, environment: [String: String] = [:]) -> (ProviderSettings?, [String]) {
    let diagnostics = Diagnostics()
    let node = ConfigFile.parse(
      Array(yaml.utf8), name: "c.yaml", folder: "/etc", environment: environment, diagnostics: diagnostics)
    let settings = node?.read(SourceSection.self)?.provider
    return (settings, diagnostics.errors.map(\.description))
  }

  static func provider(_ yaml: String = "provider: runway\napi_key: sk-secret-123") throws -> MappedProvider {
    let (settings, errors) = source(yaml)
    try #require(errors.isEmpty, "\(errors)")
    return MappedProvider(try #require(settings), timeout: .seconds(30), wall: { now })
  }

  static func answer(
    _ status: Int = 200, _ body: String, headers: [HTTPHeader] = []
  ) -> HTTPResponse {
    HTTPResponse(status: status, headers: HTTPHeaders(headers), body: Array(body.utf8))
  }
}

extension MappedProvider {
  func request(for id: String) throws -> HTTPRequest { try request(for: TaskAddress(id: id)) }
}

extension PollReading {
  var observation: Observation? { if case .observed(let seen) = self { seen } else { nil } }

  /// The kind of reading and its texts, for tables: `failed: HTTP 500`.
  var summary: String {
    switch self {
    case .observed(let seen): "observed: \(seen.status) \(seen.state)"
    case .notFound: "not found"
    case .gone(let reason): "gone: \(reason)"
    case .refused(let reason): "refused: \(reason)"
    case .throttled(let wait): "throttled: \(wait.map { "\($0.milliseconds)ms" } ?? "nil")"
    case .failed(let reason): "failed: \(reason)"
    case .unreadable(let reason, _): "unreadable: \(reason)"
    }
  }

  var hint: String? { if case .unreadable(_, let hint) = self { hint } else { nil } }
}

extension Fixtures {
  static let request = "{url: '/jobs/{id}', headers: {Authorization: 'Bearer {api_key}'}}"
  static let states = "{pending: queued, running: [busy, '1'], succeeded: [fine, 'true'], failed: bad}"

  /// A source with a mapping of its own; `read` is what it says beside `states`, as a flow mapping's inside.
  static func own(
    read: String, request: String = request, states: String = states, base: String = "https://api.test/v1"
  ) throws -> MappedProvider {
    try provider(
      """
      provider: http
      base_url: \(base)
      api_key: sk-secret-123
      request: \(request)
      read: {states: \(states), \(read)}
      """)
  }
}

extension MappedProvider {
  /// What an answer to the poll of a task comes to: a reading, or a request.
  func outcome(_ response: HTTPResponse, of task: TaskAddress = TaskAddress(id: "t1")) -> String {
    switch read(response, of: task) {
    case .read(let reading): reading.summary
    case .ask(let request): "asks \(request.profile.method) \(request.url)"
    }
  }

  /// The same by the answer's status and body.
  func outcome(_ status: Int, _ body: String) -> String { outcome(Fixtures.answer(status, body)) }
}
