/// Which part of a file a `Range` header asks for (RFC 9110 section 14).
enum ByteRange: Equatable {
  /// There is no range, or none that has to be heeded.
  case whole
  case part(Range<Int>)
  case unsatisfiable

  /// - Parameters:
  ///   - header: the header's value; several ranges at once are answered with the whole file, as a server
  ///     may.
  ///   - length: the file's, in bytes.
  init(_ header: String?, length: Int) {
    self = .whole
    guard let header, header.lowercased().hasPrefix("bytes=") else { return }
    let ends = header.dropFirst("bytes=".count).split(separator: "-", omittingEmptySubsequences: false)
      .map { $0.trimmed }
    guard ends.count == 2, ends.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }) else {
      return
    }
    switch (Self.number(ends[0]), Self.number(ends[1])) {
    case (nil, nil): return
    case (nil, let last?):
      self = last == 0 || length == 0 ? .unsatisfiable : .part(max(0, length - last)..<length)
    case (let first?, let last):
      if let last, last < first { return }
      self = first >= length ? .unsatisfiable : .part(first..<min(length, (last ?? .max - 1) + 1))
    }
  }

  /// nil for nothing; numbers beyond measure are beyond every file.
  private static func number(_ digits: Substring) -> Int? {
    digits.isEmpty ? nil : min(Int(digits) ?? .max, .max - 1)
  }
}

extension Substring {
  fileprivate var trimmed: Substring {
    var text = drop { $0 == " " }
    while text.last == " " { text.removeLast() }
    return text
  }
}
