import Hummingbird
import Model

/// Which headers pass through the proxy. Pure.
///
/// Left out both ways: those of one connection (RFC 9110 section 7.6.1), and what `Connection` names. Of requests
/// besides: those of the proxy itself, `Accept-Encoding` (answers have to be read for ids and envelopes), `Expect`,
/// and what a browser adds about this server: `Origin`, `Referer`, `Cookie` and `Sec-…` say nothing that an API with
/// keys could use, and cookies of this host are none of its business.
enum ForwardedFields {
  private static let ofConnection: Set<String> = [
    "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te",
    "trailer",
    "transfer-encoding", "upgrade", "http2-settings",
  ]
  private static let ofRequests: Set<String> = [
    "host", "content-length", "accept-encoding", "expect", "origin", "referer", "cookie",
  ]
  /// Of the bytes that an envelope was taken from.
  private static let ofBodies: Set<String> = [
    "content-length", "etag", "content-md5", "digest", "content-digest", "repr-digest", "accept-ranges",
  ]
  /// Of the source's own requests what has nothing to do with its key.
  private static let plain: Set<String> = ["accept", "user-agent", "content-type"]

  /// What goes to the API. `key`: the source's own headers, which a caller without a key of its own gets; its other
  /// headers count before those.
  static func ofRequest(_ fields: HTTPFields, key: [HTTPHeader]) -> [HTTPHeader] {
    let named = names(in: fields[values: .connection])
    var headers = fields.compactMap { field -> HTTPHeader? in
      let name = field.name.canonicalName
      if ofConnection.contains(name) || ofRequests.contains(name) || named.contains(name) { return nil }
      if name.hasPrefix("taskhook-") || name.hasPrefix("sec-") { return nil }
      return HTTPHeader(field.name.rawName, field.value)
    }
    guard fields[.authorization] == nil else { return headers }
    let given = Set(headers.map { $0.name.lowercased() })
    headers += key.filter { !given.contains($0.name.lowercased()) && !plain.contains($0.name.lowercased()) }
    return headers
  }

  /// What goes to the caller; `isChanged` where the body is not the API's.
  static func ofAnswer(_ headers: Model.HTTPHeaders, isChanged: Bool) -> HTTPFields {
    let lines = headers.lines
    let named = names(in: lines.filter { $0.name.lowercased() == "connection" }.map(\.value))
    var fields = HTTPFields()
    for line in lines {
      let name = line.name.lowercased()
      if ofConnection.contains(name) || named.contains(name) || isChanged && ofBodies.contains(name) {
        continue
      }
      // Answers of the API must not pass for the proxy's word.
      guard !name.hasPrefix("taskhook-"), let field = FieldName(line.name) else { continue }
      fields.append(HTTPFields.Element(name: field, value: line.value))
    }
    return fields
  }

  private static func names(in values: [String]) -> Set<String> {
    Set(values.flatMap { $0.lowercased().split(separator: ",").map { String($0[...].trimmed) } })
  }
}

extension Model.HTTPHeaders {
  /// All headers in their order, white space around the values left out.
  var lines: [HTTPHeader] {
    raw.split(separator: 0x0A).compactMap { line in
      guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return nil }
      let name = String(decoding: line[..<colon], as: UTF8.self)
      let value = String(decoding: line[(colon + 1)...].filter { $0 != 0x0D }, as: UTF8.self)
      return HTTPHeader(name, String(value[...].trimmed))
    }
  }
}
