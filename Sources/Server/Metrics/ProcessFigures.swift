import Foundation

/// What the system tells of this process (proc(5)), in the words of Prometheus' client libraries.
struct ProcessFigures: Equatable {
  var cpuSeconds: Double
  /// Seconds since 1970.
  var startedAt: Double
  var virtualBytes: Double
  var residentBytes: Double
  var openFiles: Double
  var mostFiles: Double?

  /// Nil on systems without /proc.
  static func read() -> ProcessFigures? {
    guard let stat = text("/proc/self/stat"), let system = text("/proc/stat") else { return nil }
    let files = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count) ?? 0
    return ProcessFigures(
      stat: stat, system: system, limits: text("/proc/self/limits") ?? "", openFiles: files,
      ticks: Double(sysconf(Int32(_SC_CLK_TCK))), page: Double(sysconf(Int32(_SC_PAGESIZE))))
  }

  init?(stat: String, system: String, limits: String, openFiles: Int, ticks: Double, page: Double) {
    // The name of the program, in parentheses, may have spaces and parentheses in it.
    guard let end = stat.lastIndex(of: ")") else { return nil }
    let fields = stat[stat.index(after: end)...].split(separator: " ")
    func field(_ number: Int) -> Double? { number - 3 < fields.count ? Double(fields[number - 3]) : nil }
    let boot = system.split(separator: "\n").first { $0.hasPrefix("btime ") }
      .flatMap { Double($0.dropFirst("btime ".count)) }
    guard let user = field(14), let kernel = field(15), let started = field(22), let virtual = field(23),
      let resident = field(24), let boot
    else { return nil }
    cpuSeconds = (user + kernel) / ticks
    startedAt = boot + started / ticks
    virtualBytes = virtual
    residentBytes = resident * page
    self.openFiles = Double(openFiles)
    mostFiles = limits.split(separator: "\n").first { $0.hasPrefix("Max open files") }
      .flatMap { $0.dropFirst("Max open files".count).split(separator: " ").first }.flatMap { Double($0) }
  }

  func write(to page: inout Exposition) {
    page.add(
      "process_cpu_seconds_total", "User and system CPU time in seconds.", type: "counter", cpuSeconds)
    page.add("process_resident_memory_bytes", "Resident memory in bytes.", residentBytes)
    page.add("process_virtual_memory_bytes", "Virtual memory in bytes.", virtualBytes)
    page.add("process_open_fds", "Open file descriptors.", openFiles)
    if let mostFiles { page.add("process_max_fds", "Most file descriptors that may be open.", mostFiles) }
    page.add(
      "process_start_time_seconds", "When the process started, in seconds since 1970.", startedAt)
  }

  private static func text(_ path: String) -> String? {
    FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
  }
}
