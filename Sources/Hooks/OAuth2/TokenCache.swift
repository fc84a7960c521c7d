import Model

/// The access token that a hook holds, in memory alone.
struct TokenCache: Sendable {
  private var held: (secret: Secret, until: Moment)?

  /// The token to send now; nil where one must be fetched: there is none, it runs out, or it is the one that
  /// was refused.
  func token(at now: Moment, insteadOf refused: Secret?) -> Secret? {
    guard let held, held.until > now, held.secret != refused else { return nil }
    return held.secret
  }

  /// Takes a token that was asked for at `moment`. It is given up a minute before it runs out, or at nine tenths
  /// of a short life: clocks differ, and a request takes its time.
  mutating func keep(_ token: AccessToken, askedAt moment: Moment) {
    let margin = min(Duration.seconds(60), token.lifetime / 10)
    held = (token.secret, moment + (token.lifetime - margin))
  }
}
