import Crypto
import Model

/// The requests that the storage is sent. They are signed by the transport; `x-amz-content-sha256` goes in here.
final class S3Requests: Sendable {
  enum Method: String, CaseIterable { case head = "HEAD", put = "PUT", post = "POST", delete = "DELETE" }

  let bucket: S3Bucket
  private let profiles: [Method: HTTPProfile]

  /// Of no bytes.
  private static let emptySum = SHA256.hash(data: []).hexadecimal

  init(_ bucket: S3Bucket) {
    self.bucket = bucket
    var common = [HTTPHeader("user-agent", Version.userAgent)]
    if let token = bucket.sessionToken { common.append(HTTPHeader("x-amz-security-token", token.reveal())) }
    // The storage may think for a while after the last byte.
    profiles = Dictionary(
      uniqueKeysWithValues: Method.allCases.map { method in
        (
          method,
          HTTPProfile(
            method: method.rawValue, headers: common, timeout: .seconds(3600), bodyLimit: 1 << 20,
            overflow: .truncate, stall: .seconds(120), signing: bucket.signing)
        )
      })
  }

  /// - Parameters:
  ///   - query: sorted by name, as the signature wants it; an empty value is written with its `=` too.
  ///   - sum: the body's SHA-256.
  private func request(
    _ method: Method, _ key: String, query: [(name: String, value: String)] = [],
    headers: [HTTPHeader] = [], body: [UInt8]? = nil, upload: FilePart? = nil, sum: String? = nil
  ) -> HTTPRequest {
    guard let profile = profiles[method] else { preconditionFailure("every method has its profile") }
    var url = bucket.url(ofKey: key)
    for (index, entry) in query.enumerated() {
      url += (index == 0 ? "?" : "&") + entry.name + "=" + PercentEncoding.encode(entry.value)
    }
    let sum = sum ?? body.map { SHA256.hash(data: $0).hexadecimal } ?? Self.emptySum
    return HTTPRequest(
      profile, url: url, headers: [HTTPHeader("x-amz-content-sha256", sum)] + headers, body: body,
      upload: upload)
  }

  func look(_ key: String) -> HTTPRequest { request(.head, key) }

  func put(_ key: String, _ file: FilePart, sum: String, _ meta: S3Meta) -> HTTPRequest {
    request(.put, key, headers: meta.headers, upload: file, sum: sum)
  }

  func begin(_ key: String, _ meta: S3Meta) -> HTTPRequest {
    request(.post, key, query: [("uploads", "")], headers: meta.headers, body: [])
  }

  func part(_ upload: S3Upload, number: Int, _ file: FilePart, sum: String) -> HTTPRequest {
    request(
      .put, upload.key, query: [("partNumber", String(number)), ("uploadId", upload.id)], upload: file,
      sum: sum)
  }

  func complete(_ upload: S3Upload, tags: [String]) -> HTTPRequest {
    request(
      .post, upload.key, query: [("uploadId", upload.id)],
      headers: [HTTPHeader("content-type", "application/xml")], body: Array(S3Parts.completion(tags).utf8))
  }

  func abort(_ upload: S3Upload) -> HTTPRequest {
    request(.delete, upload.key, query: [("uploadId", upload.id)])
  }
}

/// A multipart upload that was begun.
struct S3Upload: Sendable, Equatable {
  var id: String
  var key: String

  init(id: String, key: String) {
    self.id = id
    self.key = key
  }

  /// As it is noted: the storage wants to be told both, to forget it.
  var text: String { "\(id) \(key)" }

  init?(text: String) {
    let parts = text.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
    self.init(id: String(parts[0]), key: String(parts[1]))
  }
}

/// What the storage keeps with a file.
struct S3Meta: Sendable, Equatable {
  var contentType: String?
  /// Tells the copy of this output from all other files.
  var owner: String
  var sha256: String

  static let ownerHeader = "x-amz-meta-taskhook"

  var headers: [HTTPHeader] {
    [
      HTTPHeader("content-type", contentType ?? "application/octet-stream"),
      HTTPHeader(Self.ownerHeader, owner), HTTPHeader("x-amz-meta-sha256", sha256),
    ]
  }
}
