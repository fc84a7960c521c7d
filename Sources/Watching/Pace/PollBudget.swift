/// How much longer than they should all waits of a source are, so that its polls fit its rate.
///
/// Where polls are short, the sum of all delays is least if every task's plan is made at the same, higher price of a
/// poll; waits grow with the root of the price, so one factor does for all of them. The demand Σ 1/wait is the count of
/// the tasks divided by the mean wait, taken over polls: a task that is polled twice as often is in it twice. The random part
/// that waits are made longer by leaves 2.5% of the rate to requests that nobody planned.
struct PollBudget: Sendable, Equatable {
  /// From 1 on.
  private(set) var stretch = 1.0
  /// The mean over polls of what the wait would be at the price for plenty, in seconds.
  private var unstretched = 0.0

  init(stretch: Double = 1) { self.stretch = stretch }

  /// - Parameters:
  ///   - wait: of the task polled now until its next poll, with today's stretch; in seconds.
  ///   - tasks: that are watched.
  ///   - capacity: polls a second that the source's rate allows.
  ///   - most: the stretch at which any wait is the longest allowed.
  mutating func note(wait: Double, tasks: Int, capacity: Double, most: Double) {
    let wanted = wait / stretch
    if unstretched == 0 { unstretched = wanted }
    // Over about one poll of each task.
    unstretched += (wanted - unstretched) / Double(min(max(tasks, 16), 4096))
    stretch = min(max(1, Double(tasks) / (capacity * max(unstretched, 1e-9))), max(1, most))
  }
}
