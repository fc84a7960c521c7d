import Foundation

/// A folder, an nginx that plays the task API and receivers, and a taskhook on them.
final class Stage {
  let folder: URL
  let port: Int
  let tools: Tools
  private var nginx: Program?

  /// nginx answers every task with a body of some 400 bytes; where it is `changing` no two answers are alike. Once
  /// `turn` was called all tasks have succeeded. Where they are `flickering` each answer has one of two statuses, by
  /// chance.
  /// `/hook` takes webhooks, `/failing` answers them 500. With `tls` it speaks HTTP/2 and HTTP/1.1 over TLS, under a
  /// certificate of its own.
  init(
    _ tools: Tools, changing: Bool = true, flickering: Bool = false, log: Bool = false, tls: Bool = false
  ) throws {
    self.tools = tools
    port = Int.random(in: 20_000...29_999)
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("taskhook-bench-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    isSecure = tls
    if tls { try Self.certify(in: folder) }
    let listening =
      tls
      ? """
      listen 127.0.0.1:\(port) ssl http2 backlog=4096; listen 127.0.0.1:\(port + 2);
        ssl_certificate \(folder.path)/\(Self.certificate); ssl_certificate_key \(folder.path)/key.pem;
      """ : "listen 127.0.0.1:\(port) backlog=4096;"
    let start = #"{"id":"d0658ae1-1f5a-4c2e-9d2f-3a53c1b8a0b7","status":""#
    let end =
      #"","createdAt":"2026-05-01T12:46:17.000Z","progress":0.42,"note":"\#(String(repeating: "x", count: 250))","#
      + #""t":"\#(changing ? "$connection.$connection_requests" : "0")"}"#
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
        \(listening)
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

  private let isSecure: Bool
  private static let certificate = "certificate.pem"

  /// Bytes of the log of polls so far; needs `log`, and may be a second late.
  func pollLogBytes() -> UInt64 {
    let size =
      try? FileManager.default.attributesOfItem(atPath: folder.path + "/access.log")[.size] as? UInt64
    return size ?? 0
  }

  /// When the first poll was answered beyond so many bytes of their log, in seconds since 1970.
  func firstPoll(after bytes: UInt64) throws -> Double? {
    guard pollLogBytes() > bytes,
      let file = FileHandle(forReadingAtPath: folder.path + "/access.log")
    else { return nil }
    try file.seek(toOffset: bytes)
    let text = String(decoding: try file.read(upToCount: 65_536) ?? Data(), as: UTF8.self)
    return text.split(separator: "\n").map { $0.split(separator: " ") }
      .first { $0.count == 2 && $0[1].hasPrefix("/runwayml/") }.flatMap { Double($0[0]) }
  }

  var url: String { "\(isSecure ? "https" : "http")://127.0.0.1:\(port)" }

  /// The file of the certificate that vouches for the server.
  var ca: String { folder.path + "/" + Self.certificate }

  private static func certify(in folder: URL) throws {
    try Program.run(
      Tools.path(of: "openssl"),
      [
        "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
        "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
        "-keyout", folder.path + "/key.pem", "-out", folder.path + "/" + certificate,
      ])
  }

  /// Requests that nginx has answered, less those that asked for this.
  func requests() throws -> Int {
    asked += 1
    let status = "http://127.0.0.1:\(isSecure ? port + 2 : port)/status"
    let text = try Program.run("/usr/bin/curl", ["-sf", "--max-time", "5", status])
    let numbers = text.split(whereSeparator: { !$0.isNumber }).compactMap { Int($0) }
    guard numbers.count >= 4 else { throw BenchError("nginx tells no status") }
    return numbers[3] - asked
  }

  private var asked = 0

  /// Writes a config whose one source is the task API here.
  ///
  /// - Parameters:
  ///   - poll: the keys of `poll`, as they stand between braces.
  ///   - rest: the other keys of the top level, each at the start of a line.
  func configure(poll: String, _ rest: String = "hooks: {}") throws {
    try """
    log: {level: error}
    sources:
      api:
        provider: runway
        base_url: \(url)
        poll: {\(poll)}
    \(isSecure ? "    tls: {ca: \(ca)}" : "")
    \(rest)

    """.write(to: folder.appendingPathComponent("config.yaml"), atomically: true, encoding: .utf8)
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
