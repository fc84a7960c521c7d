import Model

/// What a source says about how its provider is reached.
package struct ProviderSettings: Sendable {
  package var mapping: Mapping
  package var baseURL: BaseURL
  package var apiKey: Secret?
  /// Extra headers; one of the same name as the provider's own replaces it.
  package var headers: [NamedHeader<Secret>]
  /// What stands for the mapping's parameters, by their names: all of them.
  package var parameters: [String: String]
  package var connection: ConnectionOptions

  package init(
    mapping: Mapping, baseURL: BaseURL, apiKey: Secret? = nil, headers: [NamedHeader<Secret>] = [],
    parameters: [String: String] = [:], connection: ConnectionOptions = ConnectionOptions()
  ) {
    self.mapping = mapping
    self.baseURL = baseURL
    self.apiKey = apiKey
    self.headers = headers
    self.parameters = parameters
    self.connection = connection
  }

  /// All that must not show, because the source sends it and a server may echo it: the key, the values of headers,
  /// and what `${…}` put into headers and body of a request of one's own.
  package var secrets: [Secret] {
    // Shorter ones are words such as the name of a model.
    let foreign = mapping.request.foreign.filter { $0.utf8.count >= 8 }
    return [apiKey].compactMap(\.self) + headers.map(\.value) + foreign.map { Secret($0) }
  }
}
