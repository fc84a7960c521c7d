import Model

/// The headers of a source's requests: its own, then those of the mapping that are not replaced.
struct RequestHeaders {
  /// Of the request that asks for a task.
  let polling: [HTTPHeader]
  /// Of requests without a body.
  let general: [HTTPHeader]

  init(_ settings: ProviderSettings) {
    var headers = settings.headers.map { HTTPHeader($0.name, $0.value.reveal()) }
    func add(_ name: String, _ value: String) {
      if headers.contains(where: { $0.name.lowercased() == name.lowercased() }) { return }
      headers.append(HTTPHeader(name, value))
    }
    for header in settings.mapping.request.headers {
      if header.value.names(.apiKey), settings.apiKey == nil { continue }
      let value = header.value.filled { place in
        place == .apiKey ? settings.apiKey?.reveal() : place.parameter.flatMap { settings.parameters[$0] }
      }
      if let value { add(header.name, value) }
    }
    add("Accept", "application/json")
    add("User-Agent", Version.userAgent)
    general = headers.filter { $0.name.lowercased() != "content-type" }
    if settings.mapping.request.body != nil { add("Content-Type", "application/json") }
    polling = headers
  }
}
