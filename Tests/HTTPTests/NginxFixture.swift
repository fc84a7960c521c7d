import Foundation
import TestSupport

/// An nginx on loopback that speaks TLS and HTTP/2, with certificates of a CA made for the test.
///
/// Each answer's body is the number of its connection.
final class NginxFixture: Sendable {
  /// Any client may come.
  let open: Int
  /// Clients need a certificate of the CA.
  let closed: Int
  /// TLS without HTTP/2.
  let plain: Int
  /// Its certificate is of the CA, but for another name.
  let misnamed: Int
  private let folder: URL
  private let process: Process

  /// PEM files.
  var ca: String { path("ca.pem") }
  var clientCert: String { path("client.pem") }
  var clientKey: String { path("client.key") }
  /// A CA that signed nothing here.
  var otherCA: String { path("other.pem") }

  /// `upstream` is a port of loopback that `/behind/` of the server at `open` leads to.
  init(upstream: Int? = nil) async throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "taskhook-tls-\(UUID().uuidString)")
    try FileManager.default.createDirectory(
      at: folder.appending(path: "files"), withIntermediateDirectories: true)
    try Self.certificates(in: folder)
    // Ports that are free now may be another test's a moment later.
    for _ in 0..<4 {
      let ports = try Self.freePorts()
      if let process = try await Self.start(in: folder, ports, upstream) {
        (open, closed, plain, misnamed) = (ports[0], ports[1], ports[2], ports[3])
        self.process = process
        return
      }
    }
    try? FileManager.default.removeItem(at: folder)
    throw LoopbackError("nginx does not start")
  }

  private static func freePorts() throws -> [Int] {
    let servers = try (0..<4).map { _ in try LoopbackServer { _ in .respond(200) } }
    for server in servers { server.stop() }
    return servers.map(\.port)
  }

  /// Nil where it ended at once, or does not listen in time.
  private static func start(in folder: URL, _ ports: [Int], _ upstream: Int?) async throws -> Process? {
    try config(open: ports[0], closed: ports[1], plain: ports[2], misnamed: ports[3], upstream: upstream)
      .write(to: folder.appending(path: "nginx.conf"), atomically: true, encoding: .utf8)
    let process = Process()
    process.executableURL = URL(filePath: "/usr/sbin/nginx")
    process.arguments = ["-p", folder.path, "-e", "error.log", "-c", "nginx.conf", "-g", "daemon off;"]
    process.standardError = FileHandle.nullDevice
    try process.run()
    let end = ContinuousClock.now + .seconds(20)
    while !FileManager.default.fileExists(atPath: folder.appending(path: "nginx.pid").path) {
      guard ContinuousClock.now < end, process.isRunning else {
        process.terminate()
        process.waitUntilExit()
        return nil
      }
      try await Task.sleep(for: .milliseconds(5))
    }
    return process
  }

  /// Puts a file at `/files/NAME` of the server at `open`.
  func serve(_ bytes: [UInt8], as name: String) throws {
    try Data(bytes).write(to: folder.appending(path: "files/\(name)"))
  }

  func stop() {
    process.terminate()
    process.waitUntilExit()
    try? FileManager.default.removeItem(at: folder)
  }

  private func path(_ name: String) -> String { folder.appending(path: name).path }

  private static func certificates(in folder: URL) throws {
    let script = """
      set -e
      new="openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2"
      for ca in ca other; do $new -x509 -keyout $ca.key -out $ca.pem -subj "/CN=$ca"; done
      $new -keyout server.key -out server.csr -subj /CN=server
      $new -keyout client.key -out client.csr -subj /CN=client
      echo "subjectAltName=IP:127.0.0.1,DNS:localhost" > san
      sign="openssl x509 -req -CA ca.pem -CAkey ca.key -CAcreateserial -days 2"
      $sign -in server.csr -out server.pem -extfile san
      $sign -in client.csr -out client.pem
      """
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-c", script]
    process.currentDirectoryURL = folder
    process.standardError = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw LoopbackError("openssl makes no certificates") }
  }

  private static func config(open: Int, closed: Int, plain: Int, misnamed: Int, upstream: Int?) -> String {
    let behind = upstream.map { "location /behind/ { proxy_pass http://127.0.0.1:\($0); }" } ?? ""
    return """
      worker_processes 1;
      pid nginx.pid;
      events { worker_connections 512; }
      http {
        access_log off;
        client_body_temp_path t1; proxy_temp_path t2; fastcgi_temp_path t3; uwsgi_temp_path t4; scgi_temp_path t5;
        ssl_certificate server.pem;
        ssl_certificate_key server.key;
        default_type text/plain;
        client_max_body_size 0;
        server {
          listen 127.0.0.1:\(open) ssl http2;
          location / { return 200 $connection; }
          location /files/ { root .; }
          \(behind)
        }
        server { listen 127.0.0.1:\(plain) ssl; location / { return 200 $connection; } }
        server {
          listen 127.0.0.1:\(misnamed) ssl;
          ssl_certificate client.pem;
          ssl_certificate_key client.key;
          location / { return 200 misnamed; }
        }
        server {
          listen 127.0.0.1:\(closed) ssl http2;
          ssl_client_certificate ca.pem;
          ssl_verify_client on;
          location / { return 200 $ssl_client_s_dn; }
        }
      }
      """
  }
}
