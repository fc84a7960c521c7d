import Foundation
import Model
import Storage

/// The state as commands beside the daemon use it.
enum StateFile {
  /// Opens the state for a command that changes it, creating it where there is none.
  static func steering(
    _ option: ConfigOption, _ work: (any Store, ConfigOutline) async throws -> Void
  ) async throws {
    let outline = try ConfigOutline.read(option.path)
    try await use(outline, work)
  }

  /// Opens the state for a command that only looks; where there is none yet, there is nothing to see.
  static func looking(
    _ option: ConfigOption, _ work: (any Store, ConfigOutline) async throws -> Void
  ) async throws {
    let outline = try ConfigOutline.read(option.path)
    guard FileManager.default.fileExists(atPath: outline.state) else {
      StandardError.say("no state yet: \(outline.state) does not exist; `taskhook run` or `add` makes it")
      return
    }
    try await use(outline, work)
  }

  /// Whether a daemon has the state.
  static func isHeld(_ path: String) -> Bool { SQLiteStore.holder(of: path) != nil }

  private static func use(
    _ outline: ConfigOutline, _ work: (any Store, ConfigOutline) async throws -> Void
  ) async throws {
    let store = try SQLiteStore.open(path: outline.state, role: .guest, time: SystemTime())
    do {
      try await work(store, outline)
    } catch {
      try? await store.close()
      throw error
    }
    try await store.close()
  }
}

extension Failure {
  init(_ error: StoreError) {
    switch error.kind {
    case .held, .unwritable: self.init(.cannotWrite, error.message)
    case .unreadable: self.init(.config, error.message)
    case .fault: self.init(.internalFault, error.message)
    }
  }
}

extension Store {
  /// The tasks that an id on the command line means; fails where there is none, or more than one.
  func matching(
    _ id: String, source: String?, outline: ConfigOutline
  ) async throws -> [TaskRecord] {
    let found = try await tasks(TaskQuery(source: source, id: id))
    if found.isEmpty {
      throw Failure(.usage, "no such task: \(Printable.line(id))\(source.map { " of source \($0)" } ?? "")")
    }
    if found.count > 1 {
      let sources = found.map(\.ref.source).joined(separator: ", ")
      throw Failure(.usage, "\(Printable.line(id)) is known to several sources (\(sources)): say --source")
    }
    return found
  }
}
