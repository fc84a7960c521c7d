/// One run of the loop in C that does nothing but requests.
struct BareLoop {
  let perSecond: Double
  /// CPU time of each request.
  let cpuMicroseconds: Double

  /// Fetches, or posts `bytes` bytes; so many requests at once, each on a connection of its own.
  init(_ tools: Tools, url: String, connections: Int, seconds: Double, bytes: Int? = nil) throws {
    self.init(
      try LoopFigure(
        of: "the bare loop",
        Program.run(
          tools.bareLoop, [url, "\(connections)", "\(seconds)"] + (bytes.map { ["\($0)"] } ?? []))))
  }

  /// Fetches over HTTP/2, `streams` at once on so many connections.
  init(_ tools: Tools, url: String, ca: String, connections: Int, streams: Int, seconds: Double) throws {
    self.init(
      try LoopFigure(
        of: "the bare loop",
        Program.run(tools.bareLoop, [url, "\(streams)", "\(seconds)", "0", ca, "\(connections)"])))
  }

  private init(_ figure: LoopFigure) {
    perSecond = figure.perSecond
    cpuMicroseconds = figure.cpuMicroseconds
  }
}
