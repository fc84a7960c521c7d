/// How a file is cut up for its upload ("Multipart upload limits" in the user guide of Amazon S3).
struct S3Parts: Sendable, Equatable {
  /// Files up to this size go up in one piece.
  static let single: Int64 = 64 << 20
  /// Of a part; more where there would be too many.
  static let usual: Int64 = 16 << 20
  static let most: Int64 = 10_000

  struct Part: Sendable, Equatable {
    /// From 1.
    var number: Int
    var offset: Int64
    var count: Int64
  }

  let size: Int64
  let partSize: Int64

  init(of size: Int64) {
    self.size = size
    let least = (size + Self.most - 1) / Self.most
    // Whole MiB.
    let mebibyte: Int64 = 1 << 20
    partSize = max(Self.usual, (least + mebibyte - 1) / mebibyte * mebibyte)
  }

  var count: Int { Int((size + partSize - 1) / partSize) }

  subscript(index: Int) -> Part {
    let offset = Int64(index) * partSize
    return Part(number: index + 1, offset: offset, count: min(partSize, size - offset))
  }

  /// What completes the upload, by the tags that the storage gave the parts.
  static func completion(_ tags: [String]) -> String {
    var xml = "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
    for (index, tag) in tags.enumerated() {
      let escaped = tag.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(
        ">", with: "&gt;"
      ).replacing("\"", with: "&quot;")
      xml += "<Part><PartNumber>\(index + 1)</PartNumber><ETag>\(escaped)</ETag></Part>"
    }
    return xml + "</CompleteMultipartUpload>"
  }
}
