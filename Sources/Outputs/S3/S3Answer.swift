import Foundation
import Model

/// What an answer of the storage means ("Error responses" in the API reference of Amazon S3).
struct S3Answer: Sendable, Equatable {
  enum Verdict: Sendable, Equatable {
    case good
    /// To be asked again; after so long at least.
    case again(reason: String, wait: Duration?)
    case never(reason: String)
  }

  let status: Int
  /// `NoSuchBucket`; nil where the answer has none, as those to HEAD.
  let code: String?
  private let message: String?
  private let retryAfter: String?
  private let region: String?

  init(_ response: HTTPResponse) {
    status = response.status
    let text = String(decoding: response.body, as: UTF8.self)
    // An answer that begins well may end in an error, told in its body alone.
    let isError = status >= 300 || text.contains("<Error>")
    code = isError ? Self.element("Code", in: text) : nil
    message = isError ? Self.element("Message", in: text) : nil
    retryAfter = response.headers["retry-after"]
    region = response.headers["x-amz-bucket-region"]
  }

  func verdict(at wall: Timestamp) -> Verdict {
    if status / 100 == 2, code == nil { return .good }
    switch (status, code) {
    case (501, _): return .never(reason: text)
    case (200...299, _), (408, _), (425, _), (429, _), (500..., _), (_, "SlowDown"), (_, "RequestTimeout"),
      (_, "InternalError"), (_, "OperationAborted"):
      return .again(reason: text, wait: RetryAfter.parse(retryAfter, now: wall, most: .seconds(3600)))
    default: return .never(reason: text)
    }
  }

  /// In words, with the storage's own; those are from outside, and shown cut and escaped.
  var text: String {
    let word = code.map { " " + PrintableText.cut(PrintableText.escape($0.utf8), to: 60) } ?? ""
    let detail = message.map { ": " + PrintableText.cut(PrintableText.escape($0.utf8), to: 200) } ?? ""
    let place = status == 301 ? region.map { " (the bucket is in \(PrintableText.quoted($0)))" } ?? "" : ""
    return "the storage answered \(status)\(word)\(detail)\(place)"
  }

  /// The content of the first element of this name. What the storage sends is plain enough for that: no element of
  /// interest has another within it, or an attribute.
  static func element(_ name: String, in text: String) -> String? {
    guard let start = text.range(of: "<\(name)>"),
      let end = text.range(of: "</\(name)>", range: start.upperBound..<text.endIndex)
    else { return nil }
    var content = String(text[start.upperBound..<end.lowerBound])
    for (entity, character) in [
      ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#34;", "\""), ("&apos;", "'"), ("&#39;", "'"),
      ("&amp;", "&"),
    ] {
      content = content.replacingOccurrences(of: entity, with: character)
    }
    return content
  }
}
