import Synchronization

/// Collects all that is wrong in a configuration, so that everything is told at once.
package final class Diagnostics: Sendable {
  /// How many errors, and how many warnings, are kept; the others are only counted.
  package static let most = 500

  private struct State {
    var errors: [ConfigDiagnostic] = []
    var warnings: [ConfigDiagnostic] = []
    var seen: Set<ConfigDiagnostic> = []
    var files: [String: Int] = [:]
    var unlisted = 0
  }

  private let state = Mutex(State())

  package init() {}

  /// Sorted by file (in the order in which they were read) and position.
  package var errors: [ConfigDiagnostic] { state.withLock { Self.sorted($0.errors, $0.files) } }
  package var warnings: [ConfigDiagnostic] { state.withLock { Self.sorted($0.warnings, $0.files) } }
  package var hasErrors: Bool { state.withLock { !$0.errors.isEmpty } }
  /// Errors and warnings beyond those that are kept, repeats included.
  package var unlisted: Int { state.withLock { $0.unlisted } }

  /// Adds an error. The same mistake at the same place, met again through an alias or a merge, is kept once.
  package func error(_ diagnostic: @autoclosure () -> ConfigDiagnostic) { add(diagnostic, to: \.errors) }

  /// Adds what does not keep the config from being used.
  package func warning(_ diagnostic: @autoclosure () -> ConfigDiagnostic) {
    add(diagnostic, to: \.warnings)
  }

  /// Where enough are kept already, a further one is not even made.
  private func add(
    _ make: () -> ConfigDiagnostic, to list: WritableKeyPath<State, [ConfigDiagnostic]> & Sendable
  ) {
    let isFull = state.withLock { state in
      if state[keyPath: list].count < Self.most { return false }
      state.unlisted += 1
      return true
    }
    if isFull { return }
    let diagnostic = make()
    var mistake = diagnostic
    mistake.path = ""
    state.withLock { [mistake] state in
      guard state.seen.insert(mistake).inserted else { return }
      if state.files[diagnostic.file] == nil { state.files[diagnostic.file] = state.files.count }
      state[keyPath: list].append(diagnostic)
    }
  }

  private static func sorted(_ list: [ConfigDiagnostic], _ files: [String: Int]) -> [ConfigDiagnostic] {
    func order(_ item: (offset: Int, element: ConfigDiagnostic)) -> (Int, Int, Int, Int) {
      (
        files[item.element.file] ?? 0, item.element.position?.line ?? 0,
        item.element.position?.column ?? 0, item.offset
      )
    }
    return list.enumerated().sorted { order($0) < order($1) }.map(\.element)
  }
}
