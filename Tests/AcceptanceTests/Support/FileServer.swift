import Crypto
import Foundation
import Model
import Synchronization
import TestSupport

/// Serves output files, with ranges and validators as object stores do; counts what it sent.
final class FileServer: Sendable {
  private struct State {
    var files: [String: [UInt8]] = [:]
    /// What a path is answered with instead.
    var answers: [String: LoopbackServer.Answer] = [:]
    var pace: Duration?
    var requests: [LoopbackServer.Request] = []
  }

  private final class Book: Sendable {
    let state = Mutex(State())
  }

  private let book = Book()
  private let server: LoopbackServer

  /// Bytes between two pauses.
  private static let piece = 64 << 10

  init() throws {
    let book = book
    server = try LoopbackServer { request in
      let path = String(request.target.prefix { $0 != "?" })
      return book.state.withLock { state in
        state.requests.append(request)
        if let answer = state.answers[path] { return answer }
        guard let file = state.files[path] else { return .respond(404, body: "no such file") }
        return Self.answer(file, to: request, &state)
      }
    }
  }

  func url(_ path: String) -> String { server.url(path) }

  func serve(_ path: String, _ bytes: [UInt8]) {
    book.state.withLock {
      $0.files[path] = bytes
      $0.answers[path] = nil
    }
  }

  func answer(_ path: String, _ answer: LoopbackServer.Answer) {
    book.state.withLock { $0.answers[path] = answer }
  }

  /// A pause after each 64 KiB from now on.
  func pace(_ pause: Duration?) { book.state.withLock { $0.pace = pause } }

  var requests: [LoopbackServer.Request] { book.state.withLock { $0.requests } }

  func stop() { server.stop() }

  private static func answer(
    _ file: [UInt8], to request: LoopbackServer.Request, _ state: inout State
  ) -> LoopbackServer.Answer {
    var start = 0
    if let range = request.headers["range"],
      let first = Int(range.dropFirst("bytes=".count).prefix { $0 != "-" })
    {
      start = first
    }
    let tag = "\"\(file.count)-\(file.first ?? 0)\""
    if start > 0, let condition = request.headers["if-range"], condition != tag { start = 0 }
    guard start < file.count else {
      return .respond(416, headers: [HTTPHeader("content-range", "bytes */\(file.count)")])
    }
    var head = start > 0 ? "HTTP/1.1 206 Partial Content\r\n" : "HTTP/1.1 200 OK\r\n"
    if start > 0 { head += "Content-Range: bytes \(start)-\(file.count - 1)/\(file.count)\r\n" }
    head += "Content-Type: video/mp4\r\nETag: \(tag)\r\nContent-Length: \(file.count - start)\r\n\r\n"
    var steps: [LoopbackServer.Step] = [.send(head)]
    for at in stride(from: start, to: file.count, by: piece) {
      steps.append(.sendBytes(Array(file[at..<min(at + piece, file.count)])))
      if let pace = state.pace { steps.append(.pause(pace)) }
    }
    return .script(steps)
  }

  /// Bytes that look like nothing else, the same for the same seed.
  static func bytes(_ count: Int, seed: UInt64) -> [UInt8] {
    var random = SeededRandom(seed: seed)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count + 8)
    while bytes.count < count { withUnsafeBytes(of: random.next()) { bytes.append(contentsOf: $0) } }
    bytes.removeLast(bytes.count - count)
    return bytes
  }

  static func sha256(_ bytes: [UInt8]) -> String {
    SHA256.hash(data: bytes).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
