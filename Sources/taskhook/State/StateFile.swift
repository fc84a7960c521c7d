import Foundation
import Model
import Storage

/// The state as commands beside the daemon use it: by way of the daemon where its `server` is on, else in the file
/// itself.
enum StateFile {
  /// Opens the state for a command that changes it, creating it where there is none.
  static func steering(
    _ option: StateOption, _ work: (any StateAccess, StateNames) async throws -> Void
  ) async throws {
    if let remote = try await option.remote() { return try await work(remote.state, remote.names) }
    let outline = try ConfigOutline.read(option.config.path)
    try await use(outline) { store in try await work(FileState(store), outline.names) }
  }

  /// Opens the state for a command that only looks; where there is none yet, there is nothing to see.
  static func looking(
    _ option: StateOption, _ work: (any StateAccess, StateNames) async throws -> Void
  ) async throws {
    if let remote = try await option.remote() { return try await work(remote.state, remote.names) }
    let outline = try ConfigOutline.read(option.config.path)
    guard FileManager.default.fileExists(atPath: outline.state) else {
      StandardError.say("no state yet: \(outline.state) does not exist; `taskhook run` or `add` makes it")
      return
    }
    try await use(outline) { store in try await work(FileState(store), outline.names) }
  }

  /// Opens the state file itself, for what only it can tell.
  static func steeringFile(
    _ option: ConfigOption, _ work: (any Store, ConfigOutline) async throws -> Void
  ) async throws {
    let outline = try ConfigOutline.read(option.path)
    try await use(outline) { store in try await work(store, outline) }
  }

  /// Whether a daemon has the state.
  static func isHeld(_ path: String) -> Bool { SQLiteStore.holder(of: path) != nil }

  private static func use(
    _ outline: ConfigOutline, _ work: (any Store) async throws -> Void
  ) async throws {
    let store = try SQLiteStore.open(path: outline.state, role: .guest, time: SystemTime())
    do {
      try await work(store)
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
