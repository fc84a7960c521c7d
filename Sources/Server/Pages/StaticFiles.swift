import Hummingbird

/// The files of a page, by their path on the server: `/`, `/dashboard/app.js`.
package struct StaticFiles: Sendable {
  package struct File: Sendable {
    package var contentType: String
    package var bytes: [UInt8]

    package init(contentType: String, bytes: [UInt8]) {
      self.contentType = contentType
      self.bytes = bytes
    }
  }

  /// A page may run its own scripts and styles and ask this server; it may show pictures and films of elsewhere,
  /// which is where tasks leave them, and nothing else. Nothing may frame it.
  private static let policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https: http: data:; "
    + "media-src https: http:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

  private let files: [String: (file: File, tag: String)]

  package init(_ files: [String: File] = [:]) {
    self.files = files.mapValues { ($0, Self.tag(of: $0.bytes)) }
  }

  /// The paths of all files.
  var paths: [String] { files.keys.sorted() }

  /// Nil where there is no such file.
  func answer(to path: Substring, _ headers: HTTPFields) -> Answer? {
    guard let (file, tag) = files[String(path)] else { return nil }
    var fields: HTTPFields = [
      .contentType: file.contentType, .contentSecurityPolicy: Self.policy, .eTag: tag,
      .cacheControl: "no-cache",
    ]
    fields[FieldName("Referrer-Policy")!] = "no-referrer"
    fields[FieldName("Cross-Origin-Opener-Policy")!] = "same-origin"
    let known = headers[.ifNoneMatch]?.split(separator: ",").map { $0.filter { $0 != " " } } ?? []
    if known.contains(where: { $0 == tag || $0 == "W/" + tag || $0 == "*" }) {
      fields[.contentType] = nil
      return Answer(304, headers: fields, content: .bytes([]))
    }
    return Answer(200, headers: fields, content: .bytes(file.bytes))
  }

  /// FNV-1a with 64 bits: it tells one version from the next, and no more is asked of it.
  private static func tag(of bytes: [UInt8]) -> String {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    return "\"\(String(hash, radix: 16))\""
  }
}
