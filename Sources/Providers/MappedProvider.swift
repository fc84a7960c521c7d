import Model

/// A task API that is asked and read as a mapping says.
package struct MappedProvider: Provider {
  /// Largest answer taken, in bytes, after decompression.
  package static let bodyLimit = 8 << 20

  package let vocabulary: [String]
  private let mapping: Mapping
  private let base: String
  private let profile: HTTPProfile
  private let reader: AnswerReader
  private let wall: @Sendable () -> Timestamp

  /// - Parameters:
  ///   - settings: Which mapping, and how the API is reached.
  ///   - timeout: Of one request.
  ///   - wall: The wall clock, for servers that name a date to come again.
  package init(
    _ settings: ProviderSettings, timeout: Duration, wall: @escaping @Sendable () -> Timestamp
  ) {
    mapping = settings.mapping
    base = settings.baseURL.description
    vocabulary = mapping.read.states.words
    profile = HTTPProfile(
      method: mapping.request.method.rawValue, headers: Self.headers(settings),
      connection: settings.connection, timeout: timeout, bodyLimit: Self.bodyLimit, overflow: .fail)
    let secrets = [settings.apiKey].compactMap(\.self) + settings.headers.map(\.value)
    reader = AnswerReader(
      rules: mapping.read, text: ReasonText(masking: secrets), host: settings.baseURL.host)
    self.wall = wall
  }

  package let batch = 1
  package let ownHeaders: [HTTPHeader] = []

  package func request(for tasks: [TaskAddress]) throws(AddressRefusal) -> HTTPRequest {
    let id = tasks[0].id
    let path = mapping.request.url.filled { place in
      switch place {
      case .id: PercentEncoding.encode(id)
      // A key has no place in a URL, where logs of proxies would show it; mappings are checked for that.
      case .apiKey: ""
      }
    }
    return HTTPRequest(profile, url: base + path)
  }

  package func read(_ response: HTTPResponse, of task: TaskAddress) -> PollStep { .read(read(response)) }

  package func read(_ response: HTTPResponse, result: HTTPResponse, of task: TaskAddress) -> PollReading {
    read(response)
  }

  package func read(_ response: HTTPResponse, of tasks: [TaskAddress]) -> [PollReading] {
    tasks.map { _ in read(response) }
  }

  package func read(_ response: HTTPResponse) -> PollReading { reader.read(response, now: wall()) }

  package func hint(_ response: HTTPResponse) -> Duration? { nil }

  package func outputs(of task: [UInt8], at address: TaskAddress) -> [TaskOutput] { [] }

  /// The source's own headers, then those of the mapping that are not replaced.
  private static func headers(_ settings: ProviderSettings) -> [HTTPHeader] {
    var headers = settings.headers.map { HTTPHeader($0.name, $0.value.reveal()) }
    func add(_ name: String, _ value: String) {
      if headers.contains(where: { $0.name.lowercased() == name.lowercased() }) { return }
      headers.append(HTTPHeader(name, value))
    }
    for header in settings.mapping.request.headers {
      if header.value.names(.apiKey), settings.apiKey == nil { continue }
      add(header.name, header.value.filled { $0 == .apiKey ? settings.apiKey?.reveal() ?? "" : "" })
    }
    add("Accept", "application/json")
    add("User-Agent", Version.userAgent)
    return headers
  }
}
