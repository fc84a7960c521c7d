import Foundation

/// A program that a measurement runs, ended with it.
final class Program {
  private let process = Process()

  /// Starts it; its output goes nowhere.
  init(_ path: String, _ arguments: [String]) throws {
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    try process.run()
  }

  var pid: Int32 { process.processIdentifier }
  var isRunning: Bool { process.isRunning }

  func stop() {
    guard process.isRunning else { return }
    process.terminate()
    process.waitUntilExit()
  }

  /// `kill -9`, and waits for its end.
  func kill() {
    Glibc.kill(pid, SIGKILL)
    process.waitUntilExit()
  }

  /// Runs it to its end; answers its standard output. What it says of errors goes nowhere unless it is to be shown.
  @discardableResult
  static func run(
    _ path: String, _ arguments: [String], stdin: String? = nil, showsErrors: Bool = false
  ) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    let output = Pipe()
    process.standardOutput = output
    if !showsErrors { process.standardError = FileHandle.nullDevice }
    let input = FileManager.default.temporaryDirectory.appendingPathComponent("bench-\(UUID()).txt")
    try (stdin ?? "").write(to: input, atomically: false, encoding: .utf8)
    defer { try? FileManager.default.removeItem(at: input) }
    process.standardInput = try FileHandle(forReadingFrom: input)
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw BenchError("\(path) \(arguments.joined(separator: " ")) ended with \(process.terminationStatus)")
    }
    return text
  }

  /// CPU time used so far, user and system, in seconds (proc(5), fields 14 and 15).
  var cpuSeconds: Double {
    guard let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
      let end = text.lastIndex(of: ")")
    else { return .nan }
    let fields = text[text.index(after: end)...].split(separator: " ")
    let ticks = (Double(fields[11]) ?? .nan) + (Double(fields[12]) ?? .nan)
    return ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
  }

  /// What of the resident memory is asked for (proc(5)).
  enum Resident: String {
    case all = "VmRSS:"
    /// The process's own, not mapped from files.
    case anonymous = "RssAnon:"
    /// The most that it ever was.
    case peak = "VmHWM:"
  }

  /// Resident memory in bytes.
  func residentBytes(_ part: Resident = .all) -> Int {
    guard let text = try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8),
      let line = text.split(separator: "\n").first(where: { $0.hasPrefix(part.rawValue) }),
      let kilobytes = line.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
    else { return 0 }
    return kilobytes * 1024
  }
}
