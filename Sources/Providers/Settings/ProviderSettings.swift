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
  /// What the source itself writes into the request of a mapping of its own, and may be a secret.
  package var written: [Secret]

  package init(
    mapping: Mapping, baseURL: BaseURL, apiKey: Secret? = nil, headers: [NamedHeader<Secret>] = [],
    parameters: [String: String] = [:], connection: ConnectionOptions = ConnectionOptions(),
    written: [Secret] = []
  ) {
    self.mapping = mapping
    self.baseURL = baseURL
    self.apiKey = apiKey
    self.headers = headers
    self.parameters = parameters
    self.connection = connection
    self.written = written
  }

  /// All that must not show, because the source sends it and a server may echo it.
  package var secrets: [Secret] { [apiKey].compactMap(\.self) + headers.map(\.value) + written }
}
