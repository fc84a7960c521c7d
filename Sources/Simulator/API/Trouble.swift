import Model

/// What may go wrong with a request.
enum Trouble: String, CaseIterable {
  case internalError = "500"
  case badGateway = "502"
  case unavailable = "503"
  case gatewayTimeout = "504"
  case originTimeout = "524"
  case dropped
  case cut
  case hanging

  /// How long a hanging request stays without an answer before its connection is closed: longer than the
  /// time-outs that clients commonly have.
  static let hang = Duration.seconds(60)

  private static let weights: [(Trouble, weight: Int)] = [
    (.internalError, 22), (.badGateway, 22), (.unavailable, 20), (.gatewayTimeout, 16), (.originTimeout, 6),
    (.dropped, 8), (.cut, 4), (.hanging, 2),
  ]

  /// - Parameters:
  ///   - share: of requests that end in trouble, from 0 to 1.
  ///   - key: what the request is about; the `number`th request about it always ends the same way, in
  ///     whatever order others come between.
  static func of(seed: UInt64, share: Double, key: String, number: Int) -> Trouble? {
    guard share > 0 else { return nil }
    var dice = Dice(seed: seed, "trouble", key, number)
    return dice.chance(share) ? dice.pick(weighted: weights) : nil
  }

  /// The answer in place of the true one, which only `cut` needs.
  func reply(instead truth: () -> Reply) -> Reply {
    switch self {
    case .internalError:
      return GatewayError.reply(500, "The upstream service failed.", code: "upstream_error")
    case .badGateway: return .html(502, title: "502 Bad Gateway")
    case .unavailable:
      return GatewayError.reply(
        503, "No channel is available for this model.", code: "service_unavailable",
        headers: [HTTPHeader("retry-after", "1")])
    case .gatewayTimeout: return .html(504, title: "504 Gateway Time-out")
    case .originTimeout: return .html(524, title: "524: A timeout occurred")
    case .dropped: return Self.silence(after: .zero)
    case .hanging: return Self.silence(after: Self.hang)
    case .cut:
      var reply = truth()
      reply.ending = .cut
      return reply
    }
  }

  private static func silence(after delay: Duration) -> Reply {
    var reply = Reply(0)
    reply.ending = .dropped
    reply.delay = delay
    return reply
  }

  /// How long the answer to one request takes.
  static func delay(seed: UInt64, latency: Duration, number: Int) -> Duration {
    guard latency > .zero else { return .zero }
    var dice = Dice(seed: seed, "latency", "", number)
    return latency * (0.5 + dice.fraction()) * (dice.chance(0.01) ? 8 : 1)
  }
}
