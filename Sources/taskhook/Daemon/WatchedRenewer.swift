import Model
import Outputs
import Synchronization
import Watching

/// Has the watchers ask for tasks whose output URLs no longer work, within their sources' budgets.
final class WatchedRenewer: OutputRenewer {
  struct Source: Sendable {
    var watcher: SourceWatcher
    var provider: any Provider
  }

  private let sources = Mutex<[String: Source]>([:])

  /// To be called once, before anything is renewed: the watchers come after what needs them.
  func serve(_ sources: [String: Source]) { self.sources.withLock { $0 = sources } }

  func outputs(of task: TaskAddress, source: String) async -> OutputRenewal {
    guard let source = sources.withLock({ $0[source] }) else {
      return .never(reason: "the config has no source of that name")
    }
    switch await source.watcher.look(at: task) {
    case .observed(let seen) where seen.state == .succeeded:
      return .outputs(source.provider.outputs(of: seen.task, at: task))
    case .observed(let seen): return .never(reason: "the task is \(seen.status) now")
    case .notFound: return .never(reason: "the API does not know the task any more")
    case .gone(let reason): return .never(reason: reason)
    case .throttled: return .later(reason: "the API asks for a pause")
    case .refused(let reason), .failed(let reason), .unreadable(let reason, _): return .later(reason: reason)
    }
  }
}
