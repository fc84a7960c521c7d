import Foundation
import TestSupport
import Testing

/// Python with what others wrote to read and verify webhooks: `Tests/run.sh` installs it from PyPI.
enum Python {
  static let path = ProcessInfo.processInfo.environment["TASKHOOK_TEST_PYTHON"].flatMap {
    $0.isEmpty ? nil : $0
  }

  /// Runs a script on requests, given to it one a line as `{"headers": {…}, "body": base64}`; answers its lines.
  static func lines(
    _ script: String, _ arguments: String..., requests: [TestReceiver.Delivery], in place: Workspace,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> [String] {
    let stdin = requests.map { line($0.request.headers.fields, $0.body) + "\n" }.joined()
    let process = try place.start(program: path!, ["-c", script] + arguments, stdin: stdin)
    let finished = try await place.finish(process)
    #expect(finished.status == 0, "\(finished.stderr)", sourceLocation: sourceLocation)
    return finished.stdout.split(separator: "\n").map(String.init)
  }

  private static func line(_ fields: [String: String], _ body: [UInt8]) -> String {
    let object: [String: Any] = ["headers": fields, "body": Data(body).base64EncodedString()]
    return String(decoding: try! JSONSerialization.data(withJSONObject: object), as: UTF8.self)
  }
}
