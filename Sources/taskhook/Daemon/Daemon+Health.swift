import Model
import Server

extension Daemon {
  /// A task that could be polled and is not, for so long: something is wrong in here.
  private static let stuck: Duration = .seconds(60)

  /// Whether polls are made and the store can be written.
  func health() async -> Health {
    Health(polling: await pollTrouble(), store: await storeProbe.trouble())
  }

  /// Why tasks are not polled that should be; nil where all is well. A source that is down, or an API that asks for
  /// a pause, is no trouble of this kind.
  func pollTrouble() async -> String? {
    // First, as watchers live on the loop: one that hangs would not answer.
    if let trouble = pulse.trouble() { return trouble }
    for (name, watcher) in watchers.sorted(by: { $0.key < $1.key }) {
      let late = await watcher.stuckFor
      if late >= Self.stuck {
        return "a task of the source \(name) has been due for \(Span.text(late)) and is not polled"
      }
    }
    return nil
  }
}
