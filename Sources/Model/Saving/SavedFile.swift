/// A copy of an output file, as events tell of it.
package struct SavedFile: Sendable, Hashable {
  /// Where it came from.
  package var url: String
  /// An absolute path, or `s3://BUCKET/KEY`.
  package var path: String
  package var bytes: Int64
  /// In small hexadecimal digits.
  package var sha256: String
  /// As the server told it, without parameters; nil where it told none.
  package var contentType: String?

  package init(url: String, path: String, bytes: Int64, sha256: String, contentType: String?) {
    self.url = url
    self.path = path
    self.bytes = bytes
    self.sha256 = sha256
    self.contentType = contentType
  }
}
