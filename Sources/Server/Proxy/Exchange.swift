import HummingbirdCore
import Model

/// One request to the API and its answer, both under way. It is broken off with its last reference.
final class Exchange: Sendable {
  let answer = AnswerStream()
  private let upload: RequestStream?
  private let pump: Task<Void, Never>?
  private let sending: Task<Void, Never>

  /// Begins; `body` and its length where the caller sends one.
  init(
    _ request: Model.HTTPRequest, body: RequestBody?, count: Int64?, through transport: any HTTPTransport
  ) {
    let answer = answer
    let upload = body.map { _ in RequestStream(count: count) }
    var request = request
    request.source = upload
    request.sink = answer
    self.upload = upload
    if let body, let upload {
      pump = Task { await upload.fill(from: body) }
    } else {
      pump = nil
    }
    sending = Task { [request] in
      do throws(HTTPError) {
        _ = try await transport.send(request)
        answer.end(.success(()))
      } catch {
        answer.end(.failure(error))
      }
      upload?.abandon()
    }
  }

  deinit { sending.cancel() }

  /// Whether all of the caller's body has gone out.
  var isSent: Bool { upload?.isSent ?? true }

  func cancel() { sending.cancel() }

  /// Waits for the end of the caller's body, of which the rest may be of no use by now: its connection can carry
  /// another request only then, and only one may read from it.
  func finish() async { await pump?.value }

  /// The whole body where it has at most `limit` bytes; otherwise what has come of it, and the rest is to be read.
  func collect(upTo limit: Int) async throws(HTTPError) -> (bytes: [UInt8], isWhole: Bool) {
    var bytes: [UInt8] = []
    while let part = try await answer.next() {
      bytes += part
      if bytes.count > limit { return (bytes, false) }
    }
    return (bytes, true)
  }
}
