import Config
import Logging
import Model

/// What a source has to say in the log: what is odd, each thing once.
struct SourceTalk {
  private let log: Logger
  private var said: Set<String> = []

  init(_ log: Logger) { self.log = log }

  /// The source works again: what was odd before may be told anew.
  mutating func forget() { said.removeAll() }

  /// - Parameter isNew: whether the task's last poll went well.
  mutating func mention(_ reading: PollReading, of id: String, isNew: Bool) {
    switch reading {
    case .observed(let observation):
      guard observation.state == .unknown, once("status \(observation.status)") else { return }
      log.warning(
        "unknown status, taken as not terminal",
        metadata: [
          "status": "\(observation.status)", "task": "\(id)",
          "map_it_by":
            "states: {running: \(PrintableText.quoted(observation.status))} in the source, or in its `read`; or another state",
        ])
    case .unreadable(let reason, let hint):
      guard once(reason) else { return }
      log.warning(
        "the answer is not a task", metadata: ["came": "\(reason)", "check": "\(hint)", "task": "\(id)"])
    case .failed(let reason):
      guard isNew else { return }
      log.info("poll failed, asked again later", metadata: ["reason": "\(reason)", "task": "\(id)"])
    case .gone(let reason):
      log.info(
        "the API will not tell of the task any more", metadata: ["reason": "\(reason)", "task": "\(id)"])
    case .throttled(let after):
      guard once("throttled") else { return }
      log.warning(
        "the API throttles (429), the source pauses",
        metadata: ["retry_after": "\(after.map(DurationText.write) ?? "not given")"])
    case .refused, .notFound: break
    }
  }

  /// Bounded, as its keys come from outside.
  private mutating func once(_ key: String) -> Bool { said.count < 1000 && said.insert(key).inserted }
}
