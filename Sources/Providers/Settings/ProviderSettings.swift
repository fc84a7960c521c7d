import Model

/// What a source says about how its provider is reached.
package struct ProviderSettings: Sendable {
  package var mapping: Mapping
  package var baseURL: BaseURL
  package var apiKey: Secret?
  /// Extra headers; one of the same name as the provider's own replaces it.
  package var headers: [NamedHeader<Secret>]
  package var connection: ConnectionOptions

  package init(
    mapping: Mapping, baseURL: BaseURL, apiKey: Secret? = nil, headers: [NamedHeader<Secret>] = [],
    connection: ConnectionOptions = ConnectionOptions()
  ) {
    self.mapping = mapping
    self.baseURL = baseURL
    self.apiKey = apiKey
    self.headers = headers
    self.connection = connection
  }
}
