import Foundation
import TestSupport
import Testing

/// A headless Chromium on the dashboard, led by `Tests/Fixtures/dashboard.py`.
struct Browser {
  /// Whether Python with Selenium, Chromium and its driver are there: `Tests/run.sh` installs them.
  static let isThere =
    Python.path != nil
    && ["/usr/bin/chromium", "/usr/bin/chromedriver"].allSatisfy {
      FileManager.default.isExecutableFile(atPath: $0)
    }

  private static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appending(path: "../../Fixtures/dashboard.py").standardizedFileURL.path

  private let process: ChildProcess
  private let place: Workspace

  init(at url: String, token: String, in place: Workspace) throws {
    self.place = place
    process = try place.start(program: Python.path!, [Self.script, url, token])
  }

  /// Waits until the script has come to a step; answers what it saw there.
  @discardableResult
  func step(_ name: String, sourceLocation: SourceLocation = #_sourceLocation) async throws -> JSON {
    var told: JSON?
    await eventually("\(name)", sourceLocation: sourceLocation) {
      // Whether it ran is asked first: what an ended script told is all there.
      let isRunning = process.isRunning
      let whole = process.stdout.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
      told = whole.lazy.map { JSON(String($0)) }.first { $0["step"].text == name }
      return told != nil || !isRunning
    }
    return try #require(told, "\(name): \(process.stderr)", sourceLocation: sourceLocation)
  }

  /// Waits for the script's end, which closes the browser.
  func end(sourceLocation: SourceLocation = #_sourceLocation) async throws {
    let finished = try await place.finish(process)
    #expect(finished.status == 0, "\(finished.stderr)", sourceLocation: sourceLocation)
  }
}
