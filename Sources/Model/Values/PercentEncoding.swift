/// Percent-encoding (RFC 3986 section 2.1), as different places want it.
package enum PercentEncoding {
  /// Of one path segment, or of a part of a query: leaves only the unreserved characters bare, letters, digits, `-`, `.`, `_`, `~`.
  package static func encode(_ text: String) -> String { encode(text, isBare: isUnreserved) }

  /// As HTML forms are sent, `application/x-www-form-urlencoded` (WHATWG URL, section 5.2): a space is `+`, and
  /// letters, digits and `*-._` stay bare.
  package static func form(_ text: String) -> String {
    encode(text, space: UInt8(ascii: "+")) {
      isUnreserved($0) && $0 != UInt8(ascii: "~") || $0 == UInt8(ascii: "*")
    }
  }

  /// As the values of CloudEvents headers are written (HTTP binding 1.0.2, section 3.1.3.2): spaces, quotes,
  /// percent signs and all but printable ASCII are encoded.
  package static func header(_ text: String) -> String {
    encode(text) { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "%") }
  }

  /// - Parameter space: what stands for a space, where it is not encoded like the rest.
  private static func encode(
    _ text: String, space: UInt8? = nil, isBare: (UInt8) -> Bool
  ) -> String {
    var text = text
    if text.withUTF8({ $0.allSatisfy(isBare) }) { return text }
    let digits = Array("0123456789ABCDEF".utf8)
    var encoded: [UInt8] = []
    encoded.reserveCapacity(text.utf8.count * 3)
    for byte in text.utf8 {
      if isBare(byte) {
        encoded.append(byte)
      } else if let space, byte == UInt8(ascii: " ") {
        encoded.append(space)
      } else {
        encoded.append(UInt8(ascii: "%"))
        encoded.append(digits[Int(byte >> 4)])
        encoded.append(digits[Int(byte & 15)])
      }
    }
    return String(decoding: encoded, as: UTF8.self)
  }

  private static func isUnreserved(_ byte: UInt8) -> Bool {
    // A bit for each character of ASCII: every request's URL is held against them.
    let set: UInt64 = byte < 64 ? 0x03FF_6000_0000_0000 : 0x47FF_FFFE_87FF_FFFE
    return byte < 128 && set >> (byte & 63) & 1 != 0
  }
}
