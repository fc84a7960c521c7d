/// What a loop of requests does, as it prints it: requests, of them failed ones, seconds, and CPU microseconds
/// (user and system) a request.
struct LoopFigure {
  var perSecond: Double
  /// CPU time of each request; not a number where it was not measured.
  var cpuMicroseconds: Double

  init(perSecond: Double, cpuMicroseconds: Double = .nan) {
    self.perSecond = perSecond
    self.cpuMicroseconds = cpuMicroseconds
  }

  init(of name: String, _ output: String) throws {
    let numbers = output.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
    guard numbers.count == 4, numbers[0] > 0, numbers[1] == 0 else {
      throw BenchError("\(name) tells nothing, or fails: \(output)")
    }
    self.init(perSecond: numbers[0] / numbers[2], cpuMicroseconds: numbers[3])
  }
}
