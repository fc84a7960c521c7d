import Foundation

/// Finds the file that a command names.
package enum Program {
  package enum Lookup: Equatable, Sendable {
    /// An absolute path to an executable file.
    case found(String)
    /// Why there is none.
    case missing(reason: String)
  }

  /// A name with a slash is a path, relative to `base`; any other is looked for in the folders of `path`.
  package static func find(_ name: String, base: String, path: String) -> Lookup {
    if name.contains("/") {
      let file = absolute(name, base: base)
      guard let problem = problem(with: file) else { return .found(file) }
      let place = name.hasPrefix("/") ? "" : " (relative to \(base))"
      return .missing(reason: explain(problem, name, place: place, file: file))
    }
    var unusable: String?
    for folder in path.split(separator: ":") where folder.hasPrefix("/") {
      let file = "\(folder)/\(name)"
      switch problem(with: file) {
      case nil: return .found(file)
      case .notExecutable: unusable = unusable ?? file
      case .noFile, .isFolder: break
      }
    }
    if let unusable { return .missing(reason: explain(.notExecutable, name, place: "", file: unusable)) }
    return .missing(reason: "no program \(name) in PATH (\(path))")
  }

  private static func absolute(_ path: String, base: String) -> String {
    let file = path.hasPrefix("/") ? path : base + "/" + path
    if !file.contains("/.") && !file.contains("//") { return file }
    return URL(fileURLWithPath: file).standardizedFileURL.path
  }

  private enum Problem { case noFile, isFolder, notExecutable }

  private static func problem(with file: String) -> Problem? {
    var status = stat()
    guard stat(file, &status) == 0 else { return .noFile }
    if status.st_mode & S_IFMT == S_IFDIR { return .isFolder }
    return access(file, X_OK) == 0 ? nil : .notExecutable
  }

  private static func explain(_ problem: Problem, _ name: String, place: String, file: String) -> String {
    switch problem {
    case .noFile: "no such file: \(name)\(place)"
    case .isFolder: "a folder, not a program: \(name)\(place)"
    case .notExecutable: "not executable: chmod +x \(file)"
    }
  }
}
