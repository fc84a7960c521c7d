import Foundation
import TestSupport

@testable import Outputs

/// Another's S3: moto, a server in Python. `Tests/run.sh` installs it from PyPI.
final class MotoServer: Sendable {
  static let python = ProcessInfo.processInfo.environment["TASKHOOK_TEST_PYTHON"].flatMap {
    $0.isEmpty ? nil : $0
  }

  let url: String
  private let process: ChildProcess
  private let outputs: String

  /// With a bucket `media` in it.
  init() async throws {
    outputs =
      FileManager.default.temporaryDirectory.appending(path: "taskhook-moto-\(UUID().uuidString)").path
    let process = try ChildProcess(
      Self.python ?? "python3", ["-c", Self.script],
      environment: ["PATH": "/usr/bin:/bin", "HOME": "/nonexistent"], folder: "/", outputs: outputs)
    self.process = process
    let end = ContinuousClock.now + .seconds(120)
    while !process.stdout.contains("ready\n") {
      guard ContinuousClock.now < end, process.isRunning else {
        throw LoopbackError("moto does not start: \(process.stderr)")
      }
      try await Task.sleep(for: .milliseconds(5))
    }
    let port = process.stdout.split(separator: "\n").first { $0.hasPrefix("port ") }?.dropFirst(5) ?? "0"
    url = "http://127.0.0.1:\(port)"
  }

  deinit {
    unlink(outputs + ".out")
    unlink(outputs + ".err")
  }

  private static let script = """
    import logging, time
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    import boto3
    from moto.server import ThreadedMotoServer
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    boto3.client(
        "s3", endpoint_url=f"http://127.0.0.1:{port}", region_name="us-east-1",
        aws_access_key_id="k", aws_secret_access_key="s").create_bucket(Bucket="media")
    print("port", port)
    print("ready", flush=True)
    while True:
        time.sleep(3600)
    """
}
