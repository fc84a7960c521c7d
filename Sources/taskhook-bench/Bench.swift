import Foundation

/// The measurements. Every figure that matters is a ratio to something else measured in the same run.
///
///     swift run -c release taskhook-bench [--write README.md] [MEASUREMENT…]
///
/// Needs nginx, wrk, h2load, valgrind, python3 and a C compiler with libcurl's headers. Traffic stays on loopback.
@main
struct Bench {
  static func main() async {
    let arguments = Array(CommandLine.arguments.dropFirst())
    do {
      if try await isCompanion(arguments) { return }
      guard let order = Order(arguments) else {
        say(Order.usage)
        exit(64)
      }
      try carryOut(order)
    } catch {
      fflush(nil)
      say("\(error)")
      exit(1)
    }
  }

  /// What the bench runs beside itself: a server that is measured, polls that are counted.
  private static func isCompanion(_ arguments: [String]) async throws -> Bool {
    switch arguments.first {
    case HelloWorld.command:
      guard arguments.count == 2, let port = Int(arguments[1]) else { return false }
      try await HelloWorld.serve(port: port)
    case ScriptedPolls.command:
      guard arguments.count == 3, let kind = ScriptedPolls.Kind(rawValue: arguments[1]),
        let count = Int(arguments[2])
      else { return false }
      try ScriptedPolls(kind).run(count)
    default: return false
    }
    return true
  }

  private static func carryOut(_ order: Order) throws {
    if order.records || order.standard != nil {
      return try InstructionBenchmark(standard: order.standard, records: order.records).run()
    }
    if getenv(built) == nil { try Tools.build() }
    if let document = order.document { return try write(order.chosen, to: document) }
    for measurement in order.chosen {
      print("## \(measurement.rawValue)\n\n\(Facts.line())\n")
      try measurement.run()
      print("")
      fflush(nil)
    }
  }

  /// In the environment of processes for whom the program is built already.
  private static let built = "TASKHOOK_BENCH_BUILT"

  /// Each measurement is a process of its own, whose output becomes its block as soon as it is there.
  private static func write(_ measurements: [Measurement], to path: String) throws {
    setenv(built, "1", 1)
    for measurement in measurements {
      let name = measurement.rawValue
      let text = try Program.run(CommandLine.arguments[0], [name], showsErrors: true)
      print(text)
      fflush(nil)
      let figures = text.split(separator: "\n", omittingEmptySubsequences: false).dropFirst()
      let document = try String(contentsOfFile: path, encoding: .utf8)
      guard let new = FigureBlocks.replacing(name, with: figures.joined(separator: "\n"), in: document) else {
        throw BenchError("\(path) has no block for \(name)")
      }
      try new.write(toFile: path, atomically: true, encoding: .utf8)
    }
  }

  private static func say(_ text: String) { FileHandle.standardError.write(Data("\(text)\n".utf8)) }
}

struct BenchError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
