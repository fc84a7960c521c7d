import Delivering
import Hooks
import Model
import Outputs
import Server
import Watching

/// What a daemon does: what a config asks for, made ready. Another one can take its place while it runs.
struct Plan: Sendable {
  var sources: [SourcePlan]
  var hooks: [HookPlan]
  var router: any EventRouter
  /// Webhooks that tasks have of their own.
  var callbacks: Dispatcher.CallbackEntry
  var callbackReader: CallbackReader
  /// Watched from the start.
  var tasks: [NewTask] = []
  var tasksFrom: String?
  var retention: Duration = .seconds(30 * 86400)
  var heartbeat: HeartbeatRules?
  var server: ServerSection?
}

struct SourcePlan: Sendable {
  var name: String
  /// The preset, or `http`.
  var kind: String
  var provider: any Provider
  var rules: WatchRules
  /// Nil where no outputs are kept.
  var outputs: OutputSettings?
  var baseURL: String
  var connection: ConnectionOptions

  var saving: SourceWatcher.Saving {
    guard let outputs else { return .nothing }
    return outputs.holdsHooks ? .outputsBeforeHooks : .outputs
  }

  var saver: Saver.Source {
    Saver.Source(
      name: name, settings: outputs, baseURL: baseURL, ownHeaders: provider.ownHeaders,
      connection: connection)
  }
}

struct HookPlan: Sendable {
  var entry: Dispatcher.Entry
  /// `webhook`, `run`, or the chat service.
  var action: String
  /// What it sends to, as it may be shown.
  var target: String
  /// Makes the attempt of a sample event that its rule fits.
  var sample: @Sendable (Timestamp) -> Attempt

  var name: String { entry.name }
}
