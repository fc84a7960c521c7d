import Logging
import Model

/// What the log tells of a hook's deliveries.
struct HookLog: Sendable {
  private let log: Logger

  init(_ log: Logger, hook: String) {
    var log = log
    log[metadataKey: "hook"] = "\(hook)"
    self.log = log
  }

  func started(_ state: HookState) {
    guard let reason = state.paused else { return }
    log.warning(
      "the hook is paused; `taskhook resume` takes the pause off", metadata: ["reason": "\(reason)"])
  }

  func resumed() { log.notice("hook resumed") }

  func unreadable(_ error: StoreError) {
    log.error("deliveries cannot be read", metadata: ["error": "\(error)"])
  }

  func unwritable(_ error: StoreError) {
    log.error("an attempt cannot be recorded; tried again", metadata: ["error": "\(error)"])
  }

  func unrecordable(_ delivery: ClaimedDelivery, _ error: StoreError) {
    log.error(
      "an attempt contradicts the state and is not recorded; it will be made again at the next start",
      metadata: ["delivery": "\(delivery.id)", "error": "\(error)"])
  }

  func brokenOff(_ parcel: Parcel) {
    log.notice("attempt broken off; it will be made again", metadata: ["delivery": "\(parcel.delivery.id)"])
  }

  func ended(_ parcel: Parcel, _ verdict: Verdict, at now: Moment) {
    // Most are delivered, and most logs do not want to know.
    if verdict.result == .delivered && log.logLevel > .info { return }
    var facts: Logger.Metadata = [
      "delivery": "\(parcel.delivery.id)", "event": "\(parcel.delivery.event.type.name)",
      "task": "\(parcel.delivery.event.taskID ?? "-")", "attempt": "\(parcel.attempt.number)",
    ]
    if let error = verdict.error { facts["error"] = "\(error)" }
    switch verdict.result {
    case .delivered: log.info("delivered", metadata: facts)
    case .retry(let at):
      facts["retry_in"] = "\(Int((at - now).seconds.rounded(.up)))s"
      log.warning("attempt failed", metadata: facts)
    case .dead: log.error("delivery is dead", metadata: facts)
    }
  }

  func mention(_ news: HookGate.News) {
    switch news {
    case .breakerOpened: log.error("breaker opened: the hook fails again and again, probing only")
    case .breakerClosed: log.notice("breaker closed: the hook works again")
    case .paused(let reason):
      log.error(
        "hook paused: the endpoint asks to stop; `taskhook resume` takes the pause off",
        metadata: ["reason": "\(reason)"])
    case .down, .up: break
    }
  }
}
