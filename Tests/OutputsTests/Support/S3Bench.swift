import Foundation
import Model
import Synchronization
import TestSupport
import Testing

@testable import Outputs

extension SaveBench {
  static let secretKey = "wJalrXUtnFEMI/K7MDENG+bPxRfiCY"

  func bucket(
    at endpoint: String, _ name: String = "media", prefix: String = "", token: String? = nil
  ) -> SaveTarget {
    .bucket(
      S3Bucket(
        name: name, prefix: prefix, endpoint: endpoint,
        signing: AWSSigning(
          accessKey: "AKIAIOSFODNN7EXAMPLE", secretKey: Secret(Self.secretKey), region: "us-east-1"),
        sessionToken: token.map { Secret($0) }))
  }

  /// A file that has come whole before, without a byte of it in memory: zeros.
  func offerWhole(size: Int64, upload: String? = nil, url: String = "https://cdn.example/a") throws {
    let path = parts + "/" + Self.partName()
    try FileManager.default.createDirectory(atPath: parts, withIntermediateDirectories: true)
    #expect(FileManager.default.createFile(atPath: path, contents: nil) && truncate(path, off_t(size)) == 0)
    let partial = PartialFile(
      path: path, validator: "\"v\"", length: size, contentType: "video/mp4", upload: upload)
    offer([url], files: [0: .partial(partial)])
  }

  /// The temporary files that are left.
  var leftParts: [String] { (try? FileManager.default.contentsOfDirectory(atPath: parts)) ?? [] }
}

/// Passes requests on but for those that a test wants to hang, and notes all.
final class WatchedTransport: HTTPTransport {
  private let inner: any HTTPTransport
  private let hangs: @Sendable (_ line: String) -> Bool
  private let state = Mutex<[String]>([])

  init(_ inner: any HTTPTransport, hanging: @escaping @Sendable (_ line: String) -> Bool = { _ in false }) {
    self.inner = inner
    hangs = hanging
  }

  /// `METHOD /path?query` of each request, in order.
  var lines: [String] { state.withLock { $0 } }

  func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
    let path = request.url.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false).last ?? ""
    let line = "\(request.profile.method) /\(path)"
    state.withLock { $0.append(line) }
    if hangs(line) {
      let never = AsyncStream<Void> { _ in }
      for await _ in never {}
      throw HTTPError(.cancelled, "the request was cancelled")
    }
    return try await inner.send(request)
  }
}

extension LoopbackServer.Request {
  /// `PUT /media/key?partNumber=1`, an upload's id left out.
  var line: String { "\(method) \(target.replacing(/&?uploadId=[^&]*/, with: "&id"))" }
}
