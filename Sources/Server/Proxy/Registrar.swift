import Logging
import Model

/// Has the task watched that an answer of the API names, before its caller learns of it.
struct Registrar: Sendable {
  let control: any Control
  let source: ProxySource
  let wishes: CreateWishes
  let log: Logger

  struct Outcome: Sendable {
    var isWatched: Bool
    /// The answer without its envelope, where clients know it so.
    var bare: [UInt8]?
  }

  /// Nil where the answer names no task. It never fails: a task that cannot be watched was created all the same, and
  /// the caller has to learn of it.
  func register(_ response: HTTPResponse) async -> Outcome? {
    guard let created = source.traffic?.created(by: response) else { return nil }
    let ref = TaskRef(source: source.name, id: created.address.id)
    let task = NewTask(
      ref: ref, url: created.address.url, labels: wishes.labels, callback: wishes.callback)
    let metadata: Logger.Metadata = ["source": "\(ref.source)", "task": "\(ref.id)"]
    if let refusal = control.refusal(of: task) {
      log.error(
        "a task was created through the proxy and cannot be watched",
        metadata: metadata.merging(["reason": "\(refusal.reason)"]) { $1 })
      return Outcome(isWatched: false, bare: created.bare)
    }
    do throws(StoreError) {
      _ = try await control.add([task])
      log.info("a task was created through the proxy", metadata: metadata)
      return Outcome(isWatched: true, bare: created.bare)
    } catch {
      log.error(
        "a task was created through the proxy and is not watched: the state cannot be written",
        metadata: metadata.merging(["error": "\(error)"]) { $1 })
      return Outcome(isWatched: false, bare: created.bare)
    }
  }
}
