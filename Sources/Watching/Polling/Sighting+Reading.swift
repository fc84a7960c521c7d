import Model

extension Sighting {
  /// What a reading shows of the task itself.
  init(_ reading: PollReading) {
    switch reading {
    case .observed(let observation): self = .observed(observation)
    case .notFound: self = .notFound
    case .gone(let reason): self = .gone(reason)
    case .refused, .throttled, .failed, .unreadable: self = .nothing
    }
  }
}

extension PollReading {
  /// Whether the API told of a task.
  var tellsOfTask: Bool {
    switch self {
    case .observed, .notFound, .gone: true
    case .refused, .throttled, .failed, .unreadable: false
    }
  }

  /// Why the poll told nothing of its task, where that is for the API's operator or its user to look at.
  var trouble: String? {
    switch self {
    case .observed, .notFound, .gone, .refused: nil
    case .throttled: "HTTP 429, too many requests"
    case .failed(let reason): reason
    case .unreadable(let reason, let hint): "\(reason); \(hint)"
    }
  }
}
