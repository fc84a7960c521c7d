import Model
import Synchronization

/// Whether the store can be written: found out by writing, at most every few seconds.
final class StoreProbe: Sendable {
  private struct State {
    var checked: Moment?
    var trouble: String?
  }

  private let store: any Store
  private let time: any TimeSource
  private let state = Mutex(State())

  /// For how long an answer holds. A write is a flush of the disk.
  private static let holds: Duration = .seconds(5)
  private static let mark = "probe"

  init(store: any Store, time: any TimeSource) {
    self.store = store
    self.time = time
  }

  /// Why it cannot be written; nil where it can.
  func trouble() async -> String? {
    let known = state.withLock { state in
      state.checked.map { time.now - $0 < Self.holds } == true ? Optional.some(state.trouble) : nil
    }
    if let known { return known }
    var trouble: String?
    do throws(StoreError) {
      _ = try await store.register([], mark: Mark(name: Self.mark, value: time.wall.iso8601))
    } catch {
      trouble = error.description
    }
    let found = State(checked: time.now, trouble: trouble)
    state.withLock { $0 = found }
    return trouble
  }
}
