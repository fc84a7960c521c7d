import Foundation
import Model

/// A file that a task made: its bytes, and the URLs under which it can be had for a time.
struct OutputFile {
  let seed: UInt64
  let id: String
  /// From 0.
  let number: Int
  let media: Media

  /// Fresh URLs are signed once in so many seconds of API time; polls between give the same one.
  static let signingPeriod = 3600.0

  /// `age`: seconds of API time since the task was created.
  func url(base: String, age: Double) -> String {
    let path = id.addingPercentEncoding(withAllowedCharacters: Self.unreserved) ?? id
    return "\(base)/files/\(path)/\(name)?token=\(token(period: Int(age / Self.signingPeriod)))"
  }

  var name: String { "\(number).\(media.fileExtension)" }

  /// Whether a token of this file still works. Tokens from the future are no good either.
  func accepts(_ token: Substring, age: Double, lasting: Double) -> Bool {
    guard let dash = token.firstIndex(of: "-"), let period = Int(token[..<dash]), period >= 0,
      token == self.token(period: period)
    else { return false }
    let signed = Double(period) * Self.signingPeriod
    return age >= signed && age < signed + lasting
  }

  private func token(period: Int) -> String {
    var dice = Dice(seed: seed, "token", "\(id)/\(number)", period)
    return "\(period)-\(Dice.hex(dice.next()))"
  }

  var etag: String {
    var dice = Dice(seed: seed, "etag", id, number)
    return "\"\(Dice.hex(dice.next()))\""
  }

  /// 16 to 64 KiB that begin as a file of this kind does.
  var bytes: [UInt8] {
    var dice = Dice(seed: seed, "file", id, number)
    let length = 16384 + dice.index(below: 49152)
    var bytes = signature(length: length)
    bytes.reserveCapacity(length + 8)
    while bytes.count < length {
      withUnsafeBytes(of: dice.next().littleEndian) { bytes.append(contentsOf: $0) }
    }
    bytes.removeLast(bytes.count - length)
    return bytes
  }

  private func signature(length: Int) -> [UInt8] {
    switch media {
    case .video:
      // ISO 14496-12: a file type box of 24 bytes, then a box that holds all the rest.
      let rest = withUnsafeBytes(of: UInt32(length - 24).bigEndian) { Array($0) }
      return [0, 0, 0, 24] + Array("ftypisom".utf8) + [0, 0, 2, 0] + Array("isommp42".utf8) + rest
        + Array("mdat".utf8)
    case .image: return [0x89] + Array("PNG\r\n".utf8) + [0x1A, 0x0A]
    case .audio: return Array("ID3".utf8) + [4, 0, 0, 0, 0, 0, 0]
    }
  }

  private static let unreserved = CharacterSet(
    charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")

  /// Answers a request for the file, in whole or in part.
  func reply(to call: Call) -> Reply {
    let bytes = bytes
    let headers = [HTTPHeader("accept-ranges", "bytes"), HTTPHeader("etag", etag)]
    // RFC 9110 section 13.1.5: a range of another version than the client has would tear the file.
    let range = call.header("if-range").map { $0 == etag } ?? true ? call.header("range") : nil
    switch ByteRange(range, length: bytes.count) {
    case .whole: return Reply(200, media.contentType, bytes, headers: headers)
    case .part(let part):
      let told = "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(bytes.count)"
      return Reply(
        206, media.contentType, Array(bytes[part]), headers: headers + [HTTPHeader("content-range", told)])
    case .unsatisfiable:
      return Reply(416, headers: headers + [HTTPHeader("content-range", "bytes */\(bytes.count)")])
    }
  }

  /// As an object store refuses a URL that has expired.
  static let expired = Reply(
    403, "application/xml",
    Array(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>"
        .utf8))
}
