import Foundation

/// Loops that people write in Python, on libraries from PyPI in an environment below the build folder.
struct Python {
  private static let packages = ["requests>=2.32,<3", "aiohttp>=3.13,<4"]

  private let interpreter: String

  /// Makes the environment where it is missing; needs PyPI for that.
  init() throws {
    var build = Tools.folder
    while build.lastPathComponent != ".build", build.pathComponents.count > 1 {
      build.deleteLastPathComponent()
    }
    let place = build.appendingPathComponent("bench-python").path
    interpreter = place + "/bin/python"
    if (try? Program.run(interpreter, ["-c", "import requests, aiohttp"])) == nil {
      try Program.run(try Tools.path(of: "python3"), ["-m", "venv", "--clear", place], showsErrors: true)
      try Program.run(
        interpreter, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"] + Self.packages,
        showsErrors: true)
    }
  }

  /// Runs a program of Tests/Benchmarks.
  func loop(_ program: String, _ arguments: [String]) throws -> LoopFigure {
    let path = Tools.sources.appendingPathComponent(program).path
    return try LoopFigure(of: program, Program.run(interpreter, [path] + arguments, showsErrors: true))
  }
}
