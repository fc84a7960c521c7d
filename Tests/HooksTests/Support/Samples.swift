import Model

extension AttemptReport {
  /// The reason of an attempt that did not deliver.
  var reason: String? {
    switch outcome {
    case .delivered: nil
    case .retry(let reason, _), .dead(let reason), .gone(let reason): reason
    }
  }
}
