import Model

/// What has been asked and answered, for tests: `GET /_simulator/stats`. Requests for itself and for the page
/// at `/` are not counted.
package struct SimulatorStats: Sendable, Equatable {
  package var requests = 0
  /// Requests for a task's status.
  package var polls = 0
  package var created = 0
  /// Ids that became tasks when they were first asked for.
  package var adopted = 0
  /// Requests to cancel or delete that were heeded.
  package var cancelled = 0
  /// Polls answered as for no task.
  package var notFound = 0
  package var unauthorized = 0
  package var rateLimited = 0
  /// Troubles made, by their name.
  package var troubles: [String: Int] = [:]
  /// Answers by HTTP status; 0 for connections dropped without one.
  package var byStatus: [Int: Int] = [:]
  /// Tasks by what they are now; `unknown` for those not known yet or no more.
  package var tasks: [String: Int] = [:]
  /// The shortest time between two polls of the same task; nil before one was polled twice.
  package var shortestGap: Duration?

  package init() {}

  func write(_ writer: inout JSONWriter) {
    let numbers: [(String, Int)] = [
      ("requests", requests), ("polls", polls), ("created", created), ("adopted", adopted),
      ("cancelled", cancelled), ("not_found", notFound), ("unauthorized", unauthorized),
      ("rate_limited", rateLimited),
    ]
    for (name, number) in numbers {
      writer.key(name)
      writer.number(number)
    }
    writer.key("shortest_gap_ms")
    writer.number(shortestGap.map { $0.seconds * 1000 })
    let statuses = Dictionary(uniqueKeysWithValues: byStatus.map { (String($0.key), $0.value) })
    for (name, counts) in [("troubles", troubles), ("by_status", statuses), ("tasks", tasks)] {
      writer.key(name)
      writer.object { writer in
        for (name, count) in counts.sorted(by: { $0.key < $1.key }) {
          writer.key(name)
          writer.number(count)
        }
      }
    }
  }
}
