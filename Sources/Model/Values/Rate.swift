/// So many in so long: `10/s`, `600/m`.
package struct Rate: Sendable, Hashable, CustomStringConvertible {
  package var count: Int
  package var per: Duration

  package init(_ count: Int, per: Duration) {
    self.count = count
    self.per = per
  }

  /// The time from one to the next.
  package var interval: Duration { per / count }

  package var description: String {
    switch per {
    case .seconds(1): "\(count)/s"
    case .seconds(60): "\(count)/m"
    case .seconds(3600): "\(count)/h"
    default: "\(count)/\(per.seconds)s"
    }
  }
}
