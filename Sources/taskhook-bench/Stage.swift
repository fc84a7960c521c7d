import Foundation

/// A folder, an nginx that plays the task API and receivers, and a taskhook on them.
final class Stage {
  let folder: URL
  let port: Int
  let tools: Tools
  private var nginx: Program?

  /// nginx answers every task with a body of some 400 bytes; `changing` puts the time of day into it. Once `turn`
  /// was called all tasks have succeeded. Where they are `flickering` each answer has one of two statuses, by chance.
  /// `/hook` takes webhooks, `/failing` answers them 500.
  init(_ tools: Tools, changing: Bool = true, flickering: Bool = false, log: Bool = false) throws {
    self.tools = tools
    port = Int.random(in: 20_000...29_999)
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("taskhook-bench-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let start = #"{"id":"d0658ae1-1f5a-4c2e-9d2f-3a53c1b8a0b7","status":""#
    let end =
      #"","createdAt":"2026-05-01T12:46:17.000Z","progress":0.42,"note":"\#(String(repeating: "x", count: 250))","#
      + #""t":"\#(changing ? "$msec" : "0")"}"#
    try """
    daemon off; worker_processes 1; pid \(folder.path)/nginx.pid; error_log /dev/null;
    events { worker_connections 4096; }
    http {
      split_clients $request_id $flicker { 50% RUNNING; * PENDING; }
      log_format times '$msec $uri';
      log_format hooks '$msec $http_webhook_id $content_length';
      access_log \(log ? "\(folder.path)/access.log times buffer=64k flush=1s" : "off");
      keepalive_requests 1000000000; keepalive_timeout 600s; tcp_nodelay on;
      client_body_temp_path \(folder.path); proxy_temp_path \(folder.path);
      fastcgi_temp_path \(folder.path); uwsgi_temp_path \(folder.path); scgi_temp_path \(folder.path);
      server {
        listen 127.0.0.1:\(port) backlog=4096;
        location = /status { stub_status; }
        location = /hook { access_log \(folder.path)/\(Self.hookLog) hooks buffer=64k flush=100ms; return 200; }
        location = /failing { access_log off; return 500; }
        location / {
          default_type application/json;
          if (-f \(folder.path)/turned) {
            access_log \(folder.path)/\(Self.turnLog) times buffer=64k flush=100ms;
            return 200 '\(start)SUCCEEDED\(end)';
          }
          return 200 '\(start)\(flickering ? "$flicker" : "RUNNING")\(end)';
        }
      }
    }
    """.write(to: folder.appendingPathComponent("nginx.conf"), atomically: true, encoding: .utf8)
    nginx = try Program(tools.nginx, ["-p", folder.path, "-c", folder.path + "/nginx.conf"])
    for _ in 0..<200 where (try? requests()) == nil { usleep(20_000) }
  }

  /// Of each webhook at `/hook`: when it was answered, its id and the length of its body.
  static let hookLog = "hooks.log"
  /// Of each poll since `turn`: when it was answered, and its path.
  static let turnLog = "turned.log"

  /// From now on all tasks have succeeded.
  func turn() throws { try "".write(toFile: folder.path + "/turned", atomically: false, encoding: .utf8) }

  /// The fields of each line of a log.
  func lines(of log: String) throws -> [[Substring]] {
    try String(contentsOfFile: folder.path + "/" + log, encoding: .utf8)
      .split(separator: "\n").map { $0.split(separator: " ") }
  }

  var url: String { "http://127.0.0.1:\(port)" }

  /// Requests that nginx has answered, less those that asked for this.
  func requests() throws -> Int {
    asked += 1
    let text = try Program.run("/usr/bin/curl", ["-sf", "--max-time", "5", url + "/status"])
    let numbers = text.split(whereSeparator: { !$0.isNumber }).compactMap { Int($0) }
    guard numbers.count >= 4 else { throw BenchError("nginx tells no status") }
    return numbers[3] - asked
  }

  private var asked = 0

  func write(config: String) throws {
    try config.write(
      to: folder.appendingPathComponent("config.yaml"), atomically: true, encoding: .utf8)
  }

  var config: String { folder.path + "/config.yaml" }

  /// Registers so many tasks; answers how long it took, in seconds.
  func register(_ count: Int) throws -> Double {
    let ids = (0..<count).map { _ in UUID().uuidString.lowercased() }.joined(separator: "\n") + "\n"
    let begun = Date()
    try Program.run(tools.taskhook, ["add", "-c", config, "-"], stdin: ids)
    return Date().timeIntervalSince(begun)
  }

  func daemon() throws -> Program { try Program(tools.taskhook, ["run", "-c", config]) }

  func close() {
    nginx?.stop()
    try? FileManager.default.removeItem(at: folder)
  }

  deinit { close() }
}
