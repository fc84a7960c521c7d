/// Collects the header lines of one answer as they come, and keeps those of its final block.
///
/// Blocks of 1xx answers before it and trailers after it are counted but not kept.
struct HeaderBlock {
  /// Most that status lines, headers and trailers of one answer may take together, in bytes.
  static let limit = 256 * 1024

  /// `Name: value` lines of the latest block, each ended by CR LF.
  private(set) var raw: [UInt8] = []
  private var taken = 0
  private var phase = Phase.waiting

  /// Whether anything has come.
  var begun: Bool { taken > 0 }

  /// Whether the status and all headers of the final answer have come.
  var isComplete: Bool {
    if case .ended = phase { true } else { false }
  }

  private enum Phase { case waiting, collecting(interim: Bool), ended }

  /// Takes one line with its line end; false once the limit is passed.
  mutating func take(_ line: UnsafeRawBufferPointer) -> Bool {
    taken += line.count
    guard taken <= Self.limit else { return false }
    switch phase {
    case .waiting:
      if let interim = Self.statusLine(line) { phase = .collecting(interim: interim) }
    case .collecting(let interim):
      if line.first == UInt8(ascii: "\r") || line.first == UInt8(ascii: "\n") || line.isEmpty {
        phase = interim ? .waiting : .ended
      } else if !interim {
        append(line)
      }
    case .ended: break
    }
    return true
  }

  /// Hands over what was collected and begins anew.
  mutating func finish() -> [UInt8] {
    let all = raw
    self = HeaderBlock()
    return all
  }

  private mutating func append(_ line: UnsafeRawBufferPointer) {
    // One allocation for the headers of a usual answer.
    if raw.isEmpty { raw.reserveCapacity(480) }
    if line.count >= 2, line[line.count - 1] == UInt8(ascii: "\n"), line[line.count - 2] == UInt8(ascii: "\r")
    {
      raw.append(contentsOf: line)
    } else {
      raw.append(contentsOf: line.last == UInt8(ascii: "\n") ? line.dropLast() : line[...])
      raw.append(UInt8(ascii: "\r"))
      raw.append(UInt8(ascii: "\n"))
    }
  }

  /// Whether a status line is that of an interim answer (1xx, RFC 9110 section 15.2); nil where it is none.
  private static func statusLine(_ line: UnsafeRawBufferPointer) -> Bool? {
    guard line.starts(with: "HTTP/".utf8), let space = line.firstIndex(of: UInt8(ascii: " ")) else {
      return nil
    }
    return space + 1 < line.count && line[space + 1] == UInt8(ascii: "1")
  }
}
