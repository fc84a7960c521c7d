import Model
import TestSupport

/// Answers as servers of files give them.
enum FileAnswer {
  /// A file, or the part of it that is asked for; a server that knows its trade (RFC 9110 section 14).
  static func file(
    _ bytes: [UInt8], to request: LoopbackServer.Request, tag: String? = "\"v1\"",
    type: String? = "video/mp4",
    breakingAfter most: Int = .max
  ) -> LoopbackServer.Answer {
    var headers = type.map { [HTTPHeader("Content-Type", $0)] } ?? []
    if let tag { headers.append(HTTPHeader("ETag", tag)) }
    let condition = request.headers["if-range"]
    guard let first = first(request), condition == nil || condition == tag else {
      return answer(200, headers, bytes, most)
    }
    guard first < bytes.count else {
      return .respond(416, headers: [HTTPHeader("Content-Range", "bytes */\(bytes.count)")])
    }
    headers.append(HTTPHeader("Content-Range", "bytes \(first)-\(bytes.count - 1)/\(bytes.count)"))
    return answer(206, headers, Array(bytes[first...]), most)
  }

  /// The first byte that is asked for; nil where all are.
  static func first(_ request: LoopbackServer.Request) -> Int? {
    request.headers["range"].flatMap { Int($0.dropFirst("bytes=".count).dropLast()) }
  }

  /// An answer whose body breaks off after so many bytes.
  static func answer(
    _ status: Int, _ headers: [HTTPHeader], _ body: [UInt8], _ most: Int = .max
  ) -> LoopbackServer.Answer {
    if body.count <= most { return .bytes(status, headers: headers, body: body) }
    let head = headers.map { "\($0.name): \($0.value)\r\n" }.joined()
    return .script([
      .send("HTTP/1.1 \(status) Scripted\r\n\(head)Content-Length: \(body.count)\r\n\r\n"),
      .sendBytes(Array(body.prefix(most))), .close,
    ])
  }

  static func redirect(_ location: String) -> LoopbackServer.Answer {
    .respond(302, headers: [HTTPHeader("Location", location)])
  }
}
