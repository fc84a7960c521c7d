import Logging
import Model
import Synchronization

/// What all saves share.
struct Workshop: Sendable {
  let store: any Store
  let transport: any HTTPTransport
  let renewer: any OutputRenewer
  let time: any TimeSource
  let log: Logger
  let observer: (any SaveObserver)?
  /// Where files are until they are in a storage elsewhere.
  let partsFolder: String
  let disk = DiskRoom()
  let claims = Claims()

  /// Does something with the store, again and again until it works: what is on its way is kept meanwhile.
  func persist<Value: Sendable>(
    _ work: @Sendable () async throws(StoreError) -> Value
  ) async throws(SaveFailure) -> Value {
    var failures = 0
    while true {
      do throws(StoreError) {
        return try await work()
      } catch {
        failures += 1
        if failures == 1 {
          log.error("the state of a save cannot be written; tried again", metadata: ["error": "\(error)"])
        }
        try await sleep(min(.seconds(30), .milliseconds(500) * (1 << min(failures, 7))))
      }
    }
  }

  func sleep(_ duration: Duration) async throws(SaveFailure) {
    if Task.isCancelled { throw .stopped }
    if duration <= .zero { return }
    do { try await time.sleep(until: time.now + duration) } catch { throw .stopped }
  }
}

/// Why an output was not saved.
enum SaveFailure: Error, Sendable, Equatable {
  /// The saver stops; it goes on at its next start.
  case stopped
  case failed(reason: String)
}

/// Paths that are being given to a copy in this moment, so that no two get the same; and for names that many copies
/// share, the last number that was given.
final class Claims: Sendable {
  private struct State {
    var claimed: Set<String> = []
    var last: [String: Int] = [:]
  }

  private let state = Mutex(State())

  /// Whether the path was free.
  func claim(_ path: String) -> Bool { state.withLock { $0.claimed.insert(path).inserted } }

  func release(_ path: String) { state.withLock { _ = $0.claimed.remove(path) } }

  /// The number to try once a name's own one, or this, was taken.
  func number(after number: Int, of name: String) -> Int {
    state.withLock { max(number, $0.last[name] ?? 0) + 1 }
  }

  func gave(_ number: Int, of name: String) {
    // Where few copies share a name, asking for each is as well.
    if number < 4 { return }
    state.withLock { state in
      if state.last.count >= 10_000 { state.last.removeAll() }
      state.last[name] = max(number, state.last[name] ?? 0)
    }
  }
}
