/// One run of the loop in C that does nothing but requests.
struct BareLoop {
  let perSecond: Double
  /// CPU time of each request.
  let cpuMicroseconds: Double

  /// Fetches, or posts `bytes` bytes.
  init(_ tools: Tools, url: String, connections: Int, seconds: Double, bytes: Int? = nil) throws {
    let text = try Program.run(
      tools.bareLoop, [url, "\(connections)", "\(seconds)"] + (bytes.map { ["\($0)"] } ?? []))
    let numbers = text.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
    guard numbers.count == 4, numbers[1] == 0 else {
      throw BenchError("the bare loop tells nothing, or fails")
    }
    perSecond = numbers[0] / numbers[2]
    cpuMicroseconds = numbers[3]
  }
}
