import Foundation

/// One large output file: how long it takes beside curl, what memory it takes, and how much of it is fetched again
/// when the daemon is killed on the way.
struct SaveBenchmark {
  private static let bytes = 1 << 30
  private static let kills = 3
  /// Of nginx while the daemon is killed, so that there is a way to be killed on: 1 GiB in 20 s.
  private static let slowRate = "50m"

  private let tools: Tools

  init(_ tools: Tools) { self.tools = tools }

  func run() throws {
    let folder = try Folder()
    let file = folder.path + "/big.mp4"
    // What is random is right only in its place.
    try Program.run(
      "/bin/sh",
      [
        "-c",
        "openssl rand \(Self.bytes >> 5) > \(file).part && for i in $(seq 32); do cat \(file).part; done > \(file)",
      ])
    let sum = try Self.sha256(file)

    let fast = try SaveStage(tools, folder: folder, file: "big.mp4", rate: "0")
    let curl = try Self.seconds {
      try Program.run("/usr/bin/curl", ["-sf", "-o", folder.path + "/by-curl", fast.fileURL])
      try Program.run("/bin/sync", ["-d", folder.path + "/by-curl"])
    }
    let (plain, growth) = try save(fast, sum)
    fast.stop()

    let slow = try SaveStage(tools, folder: folder, file: "big.mp4", rate: Self.slowRate)
    let sent = try saveKilled(slow, sum)
    slow.stop()
    print(
      """
      | 1 GiB, nginx, loopback | |
      |---|---|
      | seconds to that of `curl` and `sync` | \(String(format: "%.2f", plain / curl)) |
      | peak memory beyond that at rest, MiB | \(String(format: "%.1f", Double(growth) / 1_048_576)) |
      | bytes fetched over \(Self.kills) `kill -9`, to those of the file | \(String(format: "%.3f", sent)) |
      """)
  }

  /// Seconds from the registration to the copy, and bytes by which memory grew.
  private func save(_ stage: SaveStage, _ sum: String) throws -> (Double, Int) {
    let daemon = try stage.daemon()
    defer { daemon.stop() }
    usleep(2_000_000)
    let atRest = daemon.residentBytes(.peak)
    let seconds = try Self.seconds {
      try stage.add("plain")
      try stage.wait(for: "plain", while: daemon)
    }
    try Self.check(stage.copy("plain"), sum)
    return (seconds, daemon.residentBytes(.peak) - atRest)
  }

  /// Bytes that nginx sent, to those of the file.
  private func saveKilled(_ stage: SaveStage, _ sum: String) throws -> Double {
    var daemon = try stage.daemon()
    try stage.add("killed")
    for kill in 1...Self.kills {
      let mark = Self.bytes / (Self.kills + 1) * kill
      while stage.partBytes("killed") < mark {
        guard daemon.isRunning, !stage.isSaved("killed") else { throw BenchError("it was not slow enough") }
        usleep(2000)
      }
      daemon.kill()
      daemon = try stage.daemon()
    }
    try stage.wait(for: "killed", while: daemon)
    daemon.stop()
    try Self.check(stage.copy("killed"), sum)
    usleep(500_000)
    return Double(try stage.bytesSent()) / Double(Self.bytes)
  }

  private static func check(_ path: String, _ sum: String) throws {
    guard try sha256(path) == sum else { throw BenchError("\(path) is not what was served") }
  }

  private static func sha256(_ path: String) throws -> String {
    String(try Program.run("/usr/bin/sha256sum", [path]).prefix(64))
  }

  private static func seconds(_ work: () throws -> Void) rethrows -> Double {
    let begun = ContinuousClock.now
    try work()
    return (ContinuousClock.now - begun) / .seconds(1)
  }
}

/// An nginx whose every task has succeeded and made one file, and a taskhook that keeps it.
private final class SaveStage {
  let fileURL: String
  private let tools: Tools
  private let folder: Folder
  private let nginx: Program
  private let log: String

  init(_ tools: Tools, folder: Folder, file: String, rate: String) throws {
    self.tools = tools
    self.folder = folder
    let port = Int.random(in: 20_000...29_999)
    log = folder.path + "/sent-\(port).log"
    fileURL = "http://127.0.0.1:\(port)/\(file)"
    let task = #"{"id":"t","status":"SUCCEEDED","output":["\#(fileURL)"]}"#
    try """
    daemon off; worker_processes 1; pid \(folder.path)/nginx-\(port).pid; error_log /dev/null;
    events { worker_connections 256; }
    http {
      log_format sent '$body_bytes_sent';
      access_log off; sendfile on;
      client_body_temp_path \(folder.path); proxy_temp_path \(folder.path);
      fastcgi_temp_path \(folder.path); uwsgi_temp_path \(folder.path); scgi_temp_path \(folder.path);
      server {
        listen 127.0.0.1:\(port);
        location = /\(file) { root \(folder.path); limit_rate \(rate); access_log \(log) sent; }
        location / { default_type application/json; return 200 '\(task)'; }
      }
    }
    """.write(toFile: folder.path + "/nginx-\(port).conf", atomically: true, encoding: .utf8)
    nginx = try Program(tools.nginx, ["-p", folder.path, "-c", folder.path + "/nginx-\(port).conf"])
    try """
    log: {level: error}
    sources:
      api:
        provider: runway
        base_url: http://127.0.0.1:\(port)
        outputs: {save_to: copies}
    hooks: {}
    """.write(toFile: config, atomically: true, encoding: .utf8)
    usleep(300_000)
  }

  private var config: String { folder.path + "/config.yaml" }

  func daemon() throws -> Program { try Program(tools.taskhook, ["run", "-c", config]) }

  func add(_ id: String) throws { try Program.run(tools.taskhook, ["add", "-c", config, id]) }

  func copy(_ id: String) -> String { folder.path + "/copies/\(id)/0.mp4" }

  func isSaved(_ id: String) -> Bool { FileManager.default.fileExists(atPath: copy(id)) }

  func wait(for id: String, while daemon: Program) throws {
    while !isSaved(id) {
      guard daemon.isRunning else { throw BenchError("the daemon has ended by itself") }
      usleep(2000)
    }
  }

  /// Bytes of the task's file that are there, under whatever name.
  func partBytes(_ id: String) -> Int {
    let place = folder.path + "/copies/\(id)"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: place)) ?? []
    return names.reduce(0) { sum, name in
      let size = try? FileManager.default.attributesOfItem(atPath: place + "/" + name)[.size] as? Int
      return sum + (size ?? 0)
    }
  }

  func bytesSent() throws -> Int {
    try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n").compactMap { Int($0) }.reduce(
      0, +)
  }

  func stop() { nginx.stop() }
}
