import Crypto

/// Derives the ids that never change: the same transition has the same ids on every attempt, after every
/// restart, on every machine.
package enum Identity {
  /// The id of an event: `evt_` and 26 characters.
  package static func event(source: String, task: String?, sequence: Int) -> String {
    "evt_" + digest(["event", source, task.map { "task:" + $0 } ?? "source", String(sequence)])
  }

  /// The id of an event of a hook.
  package static func event(hook: String, sequence: Int) -> String {
    "evt_" + digest(["event", hook, "hook", String(sequence)])
  }

  /// The id under which several deliveries of a hook go out as one message: the same as long as they are the
  /// same.
  package static func digest(of deliveries: [String]) -> String {
    "msg_" + digest(["digest"] + deliveries)
  }

  /// The id of a delivery, sent as `webhook-id`: `msg_` and 26 characters, without a dot (Standard Webhooks).
  package static func delivery(event: String, hook: String) -> String {
    "msg_" + digest(["delivery", event, hook])
  }

  /// The first 130 bits of SHA-256 over the length-prefixed parts, in Crockford's base 32.
  private static func digest(_ parts: [String]) -> String {
    var hash = SHA256()
    for part in parts {
      let bytes = Array(part.utf8)
      withUnsafeBytes(of: UInt32(bytes.count).bigEndian) { hash.update(bufferPointer: $0) }
      hash.update(data: bytes)
    }
    var text = ""
    var buffer: UInt32 = 0
    var bits = 0
    for byte in hash.finalize() {
      buffer = (buffer << 8) | UInt32(byte)
      bits += 8
      while bits >= 5 && text.utf8.count < 26 {
        bits -= 5
        text.unicodeScalars.append(Self.alphabet[Int((buffer >> UInt32(bits)) & 31)])
      }
    }
    return text
  }

  private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".unicodeScalars)
}
