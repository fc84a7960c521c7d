import Model

/// One request, read to its end.
struct Call: Sendable {
  var method: String
  /// Percent-encoded, as it came, without the query.
  var path: String
  /// What follows the question mark.
  var query: String
  var headers: [HTTPHeader]
  /// nil where it was larger than the listener takes.
  var body: [UInt8]?

  init(
    _ method: String, _ path: String, query: String = "", headers: [HTTPHeader] = [], body: [UInt8]? = []
  ) {
    self.method = method
    self.path = path
    self.query = query
    self.headers = headers
    self.body = body
  }

  /// The first value of a header, its name in any case.
  func header(_ name: String) -> String? { headers.first(name) }

  /// The first value of a query parameter, as it came.
  func parameter(_ name: String) -> Substring? {
    for pair in query.split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if parts[0] == name { return parts.count > 1 ? parts[1] : "" }
    }
    return nil
  }
}

extension [HTTPHeader] {
  /// The first value of a header, its name in any case.
  func first(_ name: String) -> String? {
    let wanted = name.lowercased()
    return first { $0.name.utf8.count == wanted.utf8.count && $0.name.lowercased() == wanted }?.value
  }
}
