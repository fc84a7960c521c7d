import Model

/// What the head of an answer says of a file.
struct FileHead: Sendable, Equatable {
  var status: Int
  /// Of this answer's body.
  var length: Int64?
  var range: ContentRange?
  /// What tells this version of the file from others, fit for `If-Range` (RFC 9110 section 13.1.5): a strong ETag,
  /// or else a date of change that lies before the answer's own.
  var validator: String?
  /// In small letters, without parameters.
  var contentType: String?

  init(
    status: Int, length: Int64? = nil, range: ContentRange? = nil, validator: String? = nil,
    contentType: String? = nil
  ) {
    self.status = status
    self.length = length
    self.range = range
    self.validator = validator
    self.contentType = contentType
  }

  init(_ status: Int, _ headers: HTTPHeaders) {
    self.init(
      status: status, length: headers["content-length"].flatMap { Int64(digits: $0) },
      range: ContentRange(headers["content-range"]), validator: Self.validator(headers),
      contentType: Self.contentType(headers["content-type"]))
  }

  private static func validator(_ headers: HTTPHeaders) -> String? {
    let longest = 512
    if let tag = headers["etag"], tag.hasPrefix("\""), tag.hasSuffix("\""), tag.utf8.count <= longest,
      tag.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F })
    {
      return tag
    }
    let now = Timestamp(milliseconds: 4_102_444_800_000)  // of two-digit years alone
    guard let date = headers["last-modified"], let changed = HTTPDate.parse(date, now: now) else {
      return nil
    }
    if let sent = HTTPDate.parse(headers["date"] ?? "", now: now), sent <= changed { return nil }
    return date
  }

  private static func contentType(_ header: String?) -> String? {
    let type = header?.prefix { $0 != ";" && $0 != "," }.trimmed.lowercased() ?? ""
    let parts = type.split(separator: "/", omittingEmptySubsequences: false)
    let areWords = parts.allSatisfy { part in
      !part.isEmpty
        && part.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"\"(),:;<=>?@[\\]{}".utf8.contains($0) }
    }
    return parts.count == 2 && areWords && type.utf8.count <= 127 ? type : nil
  }
}
