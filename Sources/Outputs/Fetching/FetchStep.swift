import Model

extension Fetch {
  /// How it goes on.
  enum Step: Sendable, Equatable {
    case ask(Ask)
    /// Wait, then begin again with `next`.
    case wait(Duration)
    /// Wait, ask the API for the outputs' addresses, and tell `renewed`.
    case renew(after: Duration)
    /// The file is whole.
    case done
    case fail(reason: String)
  }

  struct Ask: Sendable, Equatable {
    var url: String
    var headers: [HTTPHeader]
    /// Whether it goes to the API itself, and only by its own word: the source's key may come along.
    var isOwn: Bool
    /// Whether it goes to the API's own host, which the config names, and may be a private one.
    var isTrusted: Bool
  }

  /// What becomes of the body of an answer.
  enum Body: Sendable, Equatable {
    /// It goes behind what is kept.
    case append
    /// It replaces what is kept.
    case replace
    /// It is none of the file's.
    case ignore
  }
}
