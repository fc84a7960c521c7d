/// The text of a file: checked to be UTF-8 that YAML allows, with the place of every line.
struct YAMLText: Sendable {
  /// Without a byte order mark.
  let bytes: ArraySlice<UInt8>
  /// For each line, how many Unicode scalars, and bytes of `bytes`, come before it.
  private let lines: [(scalar: UInt32, byte: UInt32)]

  /// Fails at the first byte that cannot be part of a YAML text.
  init(_ file: [UInt8], limit: Int) throws(YAMLError) {
    if file.count > limit {
      throw YAMLError("the file is larger than \(limit / 1024) KiB, the most that is read", at: .start)
    }
    if file.starts(with: [0xFF, 0xFE]) || file.starts(with: [0xFE, 0xFF]) {
      throw YAMLError("the file is UTF-16; save it as UTF-8", at: .start)
    }
    bytes = file.starts(with: [0xEF, 0xBB, 0xBF]) ? file[3...] : file[...]
    lines = try Self.scan(bytes)
  }

  /// The place of the scalar with this number, counted from 0.
  func position(ofScalar index: Int) -> TextPosition {
    let line = self.line(ofScalar: index)
    return TextPosition(line: line + 1, column: index - Int(lines[line].scalar) + 1)
  }

  /// The text of a line, counted from 1, without its end.
  func line(_ number: Int) -> String {
    guard lines.indices.contains(number - 1) else { return "" }
    let start = bytes.startIndex + Int(lines[number - 1].byte)
    let line = bytes[start...].prefix { $0 != 0x0A && $0 != 0x0D }
    return String(decoding: line, as: UTF8.self)
  }

  /// The line, counted from 0, that holds the scalar.
  private func line(ofScalar index: Int) -> Int {
    var low = 0
    var high = lines.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if Int(lines[middle].scalar) <= index { low = middle } else { high = middle }
    }
    return low
  }

  private static func scan(_ bytes: ArraySlice<UInt8>) throws(YAMLError) -> [(scalar: UInt32, byte: UInt32)] {
    var lines: [(scalar: UInt32, byte: UInt32)] = [(0, 0)]
    var decoder = UTF8()
    var input = bytes.makeIterator()
    var scalars = 0
    var byte = 0
    var afterReturn = false
    func here() -> TextPosition {
      TextPosition(line: lines.count, column: scalars - Int(lines[lines.count - 1].scalar) + 1)
    }
    while true {
      let scalar: Unicode.Scalar
      switch decoder.decode(&input) {
      case .emptyInput: return lines
      case .error: throw YAMLError("the file is not valid UTF-8 here", at: here())
      case .scalarValue(let value): scalar = value
      }
      if afterReturn && scalar != "\n" { lines.append((UInt32(scalars), UInt32(byte))) }
      afterReturn = scalar == "\r"
      guard Self.isAllowed(scalar) else { throw YAMLError(Self.refusal(of: scalar), at: here()) }
      scalars += 1
      byte += UTF8.width(scalar)
      if scalar == "\n" { lines.append((UInt32(scalars), UInt32(byte))) }
    }
  }

  /// `c-printable` of YAML 1.2.2 section 5.1, but for a byte order mark within the text, which libyaml refuses.
  private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09, 0x0A, 0x0D, 0x20...0x7E, 0x85, 0xA0...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD,
      0x10000...0x10FFFF:
      true
    default: false
    }
  }

  private static func refusal(of scalar: Unicode.Scalar) -> String {
    let code = String(scalar.value, radix: 16, uppercase: true)
    let name = "U+" + String(repeating: "0", count: max(0, 4 - code.count)) + code
    switch scalar.value {
    case 0: return "a NUL character; the file is not UTF-8 text"
    case 0xFEFF: return "a byte order mark (\(name)) may only begin the file"
    default: return "a control character (\(name)) cannot stand in a YAML file"
    }
  }
}
