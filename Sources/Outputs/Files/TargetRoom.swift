import Config
import Model
import Synchronization

/// What a target may hold, and holds: the `limit` of a source.
final class TargetRoom: Sendable {
  private struct State {
    /// In the target when it was last measured, and what was added since.
    var used: Int64 = 0
    var measuredAt: Moment?
    /// Counts what ends; what does while the target is measured may be in the measure already, and is added all the
    /// same: too little room until the next time, never too much.
    var finished: Int64 = 0
    var running: [FileKey: Int64] = [:]
  }

  private let limit: Int64
  private let measure: @Sendable () async -> Int64?
  private let state = Mutex(State())

  /// - Parameter measure: the bytes in the target, without files that are on their way; nil where that cannot be
  ///   told now.
  init(limit: Int64, measure: @escaping @Sendable () async -> Int64?) {
    self.limit = limit
    self.measure = measure
  }

  /// Measures the target, where that was not done for ten seconds.
  func refresh(at now: Moment) async {
    let finished: Int64? = state.withLock { state in
      if let last = state.measuredAt, now - last < .seconds(10) { return nil }
      state.measuredAt = now
      return state.finished
    }
    guard let finished, let used = await measure() else { return }
    state.withLock { $0.used = used + ($0.finished - finished) }
  }

  /// Reserves so many bytes for a file altogether. Answers why that cannot be; nil where it can.
  func reserve(_ bytes: Int64, for file: FileKey) -> String? {
    state.withLock { state in
      let others = state.running.reduce(state.used) { $1.key == file ? $0 : $0 + $1.value }
      state.running[file] = bytes
      if others + bytes <= limit { return nil }
      return
        "limit is \(SizeText.write(Int(limit))): \(state.used) bytes are there"
        + (others > state.used ? ", \(others - state.used) are for other files on their way" : "")
        + ", and \(bytes) are needed"
    }
  }

  /// The file is in the target.
  func finish(_ file: FileKey, bytes: Int64) {
    state.withLock { state in
      state.running[file] = nil
      state.used += bytes
      state.finished += bytes
    }
  }

  func release(_ file: FileKey) { state.withLock { $0.running[file] = nil } }
}
