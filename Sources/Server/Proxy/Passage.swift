import Hummingbird
import HummingbirdCore
import Model

/// The API's answers as those of this server.
enum Passage {
  /// Largest body that is read for tasks before it goes on, in bytes: as much as a poll takes.
  static let mostRead = 8 << 20
  /// Whether the created task is watched.
  static let watched = FieldName("Taskhook-Watched")!
  /// `observation` where not the API answered, but what was seen of it.
  static let served = FieldName("Taskhook-Served")!
  static let age = FieldName("Age")!

  /// - Parameters:
  ///   - prefix: what was read of the body already.
  ///   - isWhole: whether that is all of it.
  ///   - isChanged: whether it is not what the API sent.
  static func response(
    _ head: AnswerStream.Head, _ exchange: Exchange, prefix: [UInt8] = [], isWhole: Bool = false,
    isChanged: Bool = false
  ) -> Response {
    var fields = fields(head.headers, isChanged: isChanged)
    let length = isWhole ? prefix.count : fields[.contentLength].flatMap { Int($0) }
    fields[.contentLength] = nil
    let body = ResponseBody(contentLength: length) { writer in
      try await withTaskCancellationHandler {
        if !prefix.isEmpty { try await writer.write(ByteBuffer(bytes: prefix)) }
        if !isWhole {
          // Where it breaks off this throws, and the caller's connection breaks, too.
          while let bytes = try await exchange.answer.next() {
            try await writer.write(ByteBuffer(bytes: bytes))
          }
        }
        try await writer.finish(nil)
      } onCancel: {
        exchange.cancel()
      }
      await exchange.finish()
    }
    return response(head.status, fields, body, length: length)
  }

  /// No answer came.
  static func response(to error: Model.HTTPError, _ exchange: Exchange) -> Response {
    let problem = Problem(
      error.kind == .timeout ? 504 : 502, "The source's API did not answer: \(error.message).")
    let json = problem.json
    let body = ResponseBody(contentLength: json.count) { writer in
      try await writer.write(ByteBuffer(bytes: json))
      try await writer.finish(nil)
      await exchange.finish()
    }
    return Response(
      status: StatusLine.of(problem.status), headers: [.contentType: Problem.contentType], body: body)
  }

  /// What was seen of a task, `age` ago.
  static func response(_ seen: Model.HTTPResponse, body: [UInt8], isChanged: Bool, age: Duration) -> Response
  {
    var fields = fields(seen.headers, isChanged: true)
    fields[.contentLength] = nil
    // The transport has decompressed it.
    fields[.contentEncoding] = nil
    fields[self.age] = String(max(0, age.milliseconds / 1000))
    fields[served] = "observation"
    return response(
      seen.status, fields, ResponseBody(byteBuffer: ByteBuffer(bytes: body)), length: body.count)
  }

  /// A page that the API serves is shown below this server's name: there it may do nothing.
  private static func fields(_ headers: Model.HTTPHeaders, isChanged: Bool) -> HTTPFields {
    var fields = ForwardedFields.ofAnswer(headers, isChanged: isChanged)
    fields[.contentSecurityPolicy] = "sandbox"
    fields[.xContentTypeOptions] = "nosniff"
    return fields
  }

  private static func response(
    _ status: Int, _ fields: HTTPFields, _ body: ResponseBody, length: Int?
  ) -> Response {
    var response = Response(
      status: Hummingbird.HTTPResponse.Status(code: status, reasonPhrase: StatusLine.phrase(status)),
      headers: fields, body: body)
    // 204 and 304 have none (RFC 9110 section 8.6).
    response.headers[.contentLength] = status == 204 || length == nil ? nil : length.map(String.init)
    return response
  }
}
