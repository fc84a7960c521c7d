import Model

/// One source as the proxy knows it: where its API is, and what its tasks have to do with requests.
package struct ProxySource: Sendable {
  package var name: String
  /// Nil where nothing is known of how clients talk to the API: then requests only pass.
  package var traffic: (any TaskTraffic)?
  /// Scheme, host and perhaps a path, without a trailing slash; from the config, and trusted.
  package var baseURL: String
  package var connection: ConnectionOptions
  /// The headers of the source's own requests: its key is among them.
  package var ownHeaders: [HTTPHeader]
  /// Shortest time between two polls of one task.
  package var pollEvery: Duration
  /// The API's answer to the last poll of a watched task, by its row, where it is not older than this; else what it
  /// answers to a poll that is made now. Nil where there is none that is of use to others.
  package var latest: @Sendable (_ row: Int64, _ notOlderThan: Duration) async -> LatestAnswer?

  package init(
    name: String, traffic: (any TaskTraffic)?, baseURL: String, connection: ConnectionOptions,
    ownHeaders: [HTTPHeader], pollEvery: Duration,
    latest: @escaping @Sendable (_ row: Int64, _ notOlderThan: Duration) async -> LatestAnswer?
  ) {
    self.name = name
    self.traffic = traffic
    self.baseURL = baseURL
    self.connection = connection
    self.ownHeaders = ownHeaders
    self.pollEvery = pollEvery
    self.latest = latest
  }
}

/// The sources as they are now: a reload of the config may change them.
package protocol ProxySources: Sendable {
  func source(named name: String) -> ProxySource?
}
