import Crypto

/// Derives the ids that never change: the same transition has the same ids on every attempt, after every
/// restart, on every machine.
package enum Identity {
  /// The id of an event: `evt_` and 26 characters.
  package static func event(source: String, task: String?, sequence: Int) -> String {
    digest("evt_", ["event", source, task.map { "task:" + $0 } ?? "source", String(sequence)])
  }

  /// The id of an event of a hook.
  package static func event(hook: String, sequence: Int) -> String {
    digest("evt_", ["event", hook, "hook", String(sequence)])
  }

  /// The id under which several deliveries of a hook go out as one message: the same as long as they are the
  /// same.
  package static func digest(of deliveries: [String]) -> String {
    digest("msg_", ["digest"] + deliveries)
  }

  /// The id of a delivery, sent as `webhook-id`: `msg_` and 26 characters, without a dot (Standard Webhooks).
  package static func delivery(event: String, hook: String) -> String {
    digest("msg_", ["delivery", event, hook])
  }

  /// The first 130 bits of SHA-256 over the length-prefixed parts, in Crockford's base 32, behind `prefix`, which
  /// has four characters.
  private static func digest(_ prefix: StaticString, _ parts: [String]) -> String {
    let bytes = hash(of: parts)
    return String(unsafeUninitializedCapacity: 30) { text in
      for index in 0..<4 { text[index] = prefix.utf8Start[index] }
      var length = 4
      var buffer: UInt32 = 0
      var bits: UInt32 = 0
      for byte in bytes {
        buffer = (buffer << 8) | UInt32(byte)
        bits += 8
        while bits >= 5 && length < 30 {
          bits -= 5
          text[length] = alphabet[Int((buffer >> bits) & 31)]
          length += 1
        }
      }
      return length
    }
  }

  /// Of few parts in one go: a call for each costs more than the hash.
  private static func hash(of parts: [String]) -> SHA256.Digest {
    let length = parts.reduce(0) { $0 + 4 + $1.utf8.count }
    return withUnsafeTemporaryAllocation(byteCount: length, alignment: 1) { text in
      var place = 0
      for var part in parts {
        part.withUTF8 { bytes in
          text.storeBytes(of: UInt32(bytes.count).bigEndian, toByteOffset: place, as: UInt32.self)
          UnsafeMutableRawBufferPointer(rebasing: text[(place + 4)...]).copyBytes(from: bytes)
          place += 4 + bytes.count
        }
      }
      var hash = SHA256()
      hash.update(bufferPointer: UnsafeRawBufferPointer(text))
      return hash.finalize()
    }
  }

  private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)
}
