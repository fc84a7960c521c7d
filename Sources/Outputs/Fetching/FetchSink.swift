import Model
import Synchronization

/// Takes the bodies of a file's answers into its part file, as far as `Fetch` says that they are the file's and
/// there is room.
final class FetchSink: BodySink {
  private struct State {
    var fetch: Fetch
    /// Why no more is wanted; nil where `Fetch` knows it.
    var refusal: String?
    /// The next look at what the disk has left.
    var nextLook: Int64 = 0
    var told: Moment?
  }

  /// What is known of the file so far, once an answer has told: to be kept for the next start.
  typealias Told = @Sendable (_ validator: String?, _ length: Int64?, _ contentType: String?) -> Void
  typealias Progress = @Sendable (_ bytes: Int64, _ total: Int64?) -> Void

  private let part: PartFile
  private let room: FileRoom
  private let time: any TimeSource
  private let told: Told
  private let progress: Progress
  private let state: Mutex<State>

  /// Bytes between two looks at what the disk has left.
  private static let stride: Int64 = 16 << 20
  /// The least time between two words of progress.
  private static let pace: Duration = .milliseconds(100)

  init(
    _ fetch: Fetch, into part: PartFile, room: FileRoom, time: any TimeSource, told: @escaping Told,
    progress: @escaping Progress
  ) {
    self.part = part
    self.room = room
    self.time = time
    self.told = told
    self.progress = progress
    state = Mutex(State(fetch: fetch))
  }

  /// Steps the fetch on; not while a request runs.
  func step<Value>(_ change: (inout Fetch) -> Value) -> Value { state.withLock { change(&$0.fetch) } }

  /// Why the last request was broken off from this side.
  func takeRefusal() -> String? {
    state.withLock { state in
      defer { state.refusal = nil }
      return state.refusal
    }
  }

  func begin(_ status: Int, _ headers: HTTPHeaders) -> Bool {
    state.withLock { state in
      let body = state.fetch.answer(FileHead(status, headers))
      if body == .ignore { return false }
      if body == .replace {
        do throws(FileTrouble) { try part.restart() } catch {
          state.refusal = error.description
          return false
        }
      }
      let fetch = state.fetch
      told(fetch.validator, fetch.length, fetch.contentType)
      state.refusal = room.refusal(of: part, kept: fetch.kept, length: fetch.length)
      state.nextLook = fetch.kept + Self.stride
      return state.refusal == nil
    }
  }

  func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
    state.withLock { state in
      let now = time.now
      if let refusal = state.fetch.take(bytes.count, at: now) {
        state.refusal = refusal
        return false
      }
      let kept = state.fetch.kept
      if kept >= state.nextLook || state.fetch.length == nil {
        state.nextLook = kept + Self.stride
        if let refusal = room.refusal(of: part, kept: kept, length: state.fetch.length) {
          state.refusal = refusal
          return false
        }
      }
      do throws(FileTrouble) { try part.write(bytes) } catch {
        state.refusal = error.description
        return false
      }
      if state.told.map({ now - $0 >= Self.pace }) ?? true {
        state.told = now
        progress(kept, state.fetch.length)
      }
      return true
    }
  }
}
