import Model

extension HTTPHeaders {
  /// All of them, names in lower case; of a repeated one the last.
  var fields: [String: String] {
    var fields: [String: String] = [:]
    for line in String(decoding: raw, as: UTF8.self).split(separator: "\r\n") {
      guard let colon = line.firstIndex(of: ":") else { continue }
      let value = line[line.index(after: colon)...].drop { $0 == " " }
      fields[line[..<colon].lowercased()] = String(value)
    }
    return fields
  }
}
