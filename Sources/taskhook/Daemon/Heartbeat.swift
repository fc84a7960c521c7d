import Config
import Logging
import Model

/// `heartbeat:`
struct HeartbeatRules: Sendable {
  /// A credential: who knows it can pretend that all is well.
  var url: SecretURL
  var every: Duration
}

/// Fetches a URL while the daemon does its work, so that an outside monitor notices when it does not.
struct Heartbeat: Sendable {
  let daemon: Daemon

  /// Of one request.
  private static let timeout: Duration = .seconds(10)

  func run() async {
    var talk = Talk(log: daemon.log)
    while !Task.isCancelled {
      let time = daemon.ground.time
      guard let rules = daemon.plan.heartbeat else {
        // A reload may bring one.
        try? await time.sleep(until: time.now + .seconds(1))
        continue
      }
      let begun = time.now
      talk.mention(await beat(rules))
      // The plan of the moment counts: a pause is looked through for a change of it.
      while !Task.isCancelled, let next = daemon.plan.heartbeat, next.url == rules.url {
        let due = begun + next.every
        if time.now >= due { break }
        try? await time.sleep(until: min(due, time.now + .seconds(1)))
      }
    }
  }

  enum Outcome: Equatable {
    case sent
    /// The daemon does not do its work, so nothing was sent.
    case withheld(String)
    case failed(String)
  }

  func beat(_ rules: HeartbeatRules) async -> Outcome {
    let health = await daemon.health()
    if let trouble = health.polling ?? health.store { return .withheld(trouble) }
    let profile = HTTPProfile(
      method: "GET", headers: [HTTPHeader("user-agent", Version.userAgent)],
      timeout: Self.timeout, bodyLimit: 4096, overflow: .truncate)
    do throws(HTTPError) {
      let response = try await daemon.ground.delivering.send(
        HTTPRequest(profile, url: rules.url.reveal()))
      return response.status / 100 == 2 ? .sent : .failed("HTTP \(response.status)")
    } catch {
      return .failed(error.message)
    }
  }

  /// Tells of changes, not of each beat.
  private struct Talk {
    let log: Logger
    var trouble: String?

    mutating func mention(_ outcome: Outcome) {
      switch outcome {
      case .sent:
        if trouble != nil { log.notice("the heartbeat is sent again") }
        trouble = nil
      case .withheld(let reason):
        if trouble != reason { log.error("no heartbeat is sent", metadata: ["reason": "\(reason)"]) }
        trouble = reason
      case .failed(let reason):
        if trouble != reason {
          log.warning("the heartbeat cannot be sent", metadata: ["reason": "\(reason)"])
        }
        trouble = reason
      }
    }
  }
}

/// The keys of `heartbeat:`.
struct HeartbeatSection: ConfigSection {
  enum Keys {
    static let url = Key("url", .secretURL, required: true, doc: "What is fetched.")
    static let every = Key(
      "every", .duration(in: .seconds(1) ... .hours(24)), default: .seconds(60), doc: "How often.")
  }

  static let keys: [AnyKey] = [AnyKey(Keys.url), AnyKey(Keys.every)]
  let rules: HeartbeatRules

  init?(_ section: Section) {
    guard let url = section[Keys.url] else { return nil }
    rules = HeartbeatRules(url: url, every: section[Keys.every])
  }
}
