import Model
import Synchronization

/// The beginning of what a command wrote to one of its outputs, and how much there was.
struct Output: Sendable, Equatable {
  /// The most bytes kept.
  let limit: Int
  private(set) var kept: [UInt8] = []
  private(set) var total = 0

  init(limit: Int) { self.limit = limit }

  mutating func append(_ bytes: UnsafeRawBufferPointer) {
    total += bytes.count
    let room = limit - kept.count
    if room > 0 { kept.append(contentsOf: bytes.prefix(room)) }
  }
}

extension Output {
  /// The two outputs of a command as one line of text: secrets masked, control characters escaped, each cut at
  /// `limit` bytes before escaping.
  static func text(stdout: Output, stderr: Output, limit: Int, mask: SecretMask) -> String {
    let out = stdout.text(limit: limit, mask: mask)
    let err = stderr.text(limit: limit, mask: mask)
    if err.isEmpty { return out }
    return out.isEmpty ? "stderr: " + err : "stdout: " + out + " stderr: " + err
  }

  private func text(limit: Int, mask: SecretMask) -> String {
    let masked = mask.apply(to: kept)
    var shown = masked.prefix(limit)
    if shown.count < masked.count {
      // Not in the middle of a UTF-8 sequence: at most three bytes follow its first.
      var end = shown.endIndex
      while end > 0, masked[end] & 0xC0 == 0x80, shown.endIndex - end < 3 { end -= 1 }
      if masked[end] & 0xC0 != 0x80 { shown = masked[..<end] }
    }
    var text = PrintableText.escape(shown)
    while text.hasSuffix("\\n") || text.hasSuffix("\\r") { text.removeLast(2) }
    return total > limit ? text + "… (\(total) bytes in all)" : text
  }
}
