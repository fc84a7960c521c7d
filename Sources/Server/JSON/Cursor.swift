import Foundation

/// Where a list goes on: a row and the order it was read in. Callers get it as an opaque text.
struct Cursor: Sendable, Equatable {
  var row: Int64
  var newestFirst: Bool

  init(row: Int64, newestFirst: Bool) {
    self.row = row
    self.newestFirst = newestFirst
  }

  /// Base64url (RFC 4648 section 5) of `n12` or `o12`.
  var text: String {
    Data("\(newestFirst ? "n" : "o")\(row)".utf8).base64EncodedString()
      .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
  }

  /// Nil for what is no cursor.
  init?(_ text: String) {
    let usual = text.replacing("-", with: "+").replacing("_", with: "/")
    let padded = usual + String(repeating: "=", count: (4 - usual.utf8.count % 4) % 4)
    guard let data = Data(base64Encoded: padded), data.count >= 2, data.count <= 20,
      let plain = String(validating: data, as: UTF8.self), let row = Int64(plain.dropFirst()), row >= 0,
      plain.first == "n" || plain.first == "o"
    else { return nil }
    self.init(row: row, newestFirst: plain.first == "n")
    if self.text != text { return nil }
  }
}
