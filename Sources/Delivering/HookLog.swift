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
    log.notice("attempt broken off; it will be made again", metadata: facts(of: parcel))
  }

  /// `entries` are what is written of the attempt.
  func ended(_ parcel: Parcel, _ entries: [Ledger.Entry], at now: Moment) {
    let first = entries[0].settlement
    // Most are delivered, and most logs do not want to know.
    if first.result == .delivered && log.logLevel > .info { return }
    var facts = facts(of: parcel)
    if let error = first.attempt.error { facts["error"] = "\(error)" }
    if case .retry(let at) = first.result { facts["retry_in"] = "\(Int((at - now).seconds.rounded(.up)))s" }
    if parcel.isDigest {
      let dead = entries.count { $0.settlement.result == .dead }
      if dead > 0 { facts["dead"] = "\(dead)" }
      switch first.result {
      case .delivered: log.info("digest delivered", metadata: facts)
      case .retry, .dead: log.log(level: dead > 0 ? .error : .warning, "digest failed", metadata: facts)
      }
      return
    }
    switch first.result {
    case .delivered: log.info("delivered", metadata: facts)
    case .retry: log.warning("attempt failed", metadata: facts)
    case .dead: log.error("delivery is dead", metadata: facts)
    }
  }

  private func facts(of parcel: Parcel) -> Logger.Metadata {
    var facts: Logger.Metadata = [
      "delivery": "\(parcel.attempt.delivery)", "event": "\(parcel.attempt.message.type)",
      "attempt": "\(parcel.attempt.number)",
    ]
    if parcel.isDigest {
      facts["deliveries"] = "\(parcel.deliveries.count)"
    } else {
      facts["task"] = "\(parcel.deliveries[0].event.taskID ?? "-")"
    }
    return facts
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
