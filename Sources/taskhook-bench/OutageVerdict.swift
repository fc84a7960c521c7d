/// What became of the deliveries of an outage, by what the receiver wrote down.
struct OutageVerdict {
  /// Accepted at least once.
  private(set) var delivered = 0
  /// Expected and never accepted.
  private(set) var lost = 0
  /// Accepted more often than once, each time beyond the first counted.
  private(set) var duplicated = 0
  /// Of these, those that no kill explains: the delivery was not in flight at as many kills as it was doubled.
  private(set) var unexplained = 0
  /// Came before the one before them was accepted, or with another status than the task had.
  private(set) var outOfOrder = 0

  private struct Step: Hashable {
    var task: String
    var sequence: Int
  }

  /// - Parameters:
  ///   - tasks: all of which went through `steps` statuses.
  ///   - inFlight: at each kill, the ids that were accepted and not settled.
  init(_ arrivals: [OutageReceiver.Arrival], tasks: [String], steps: Int, inFlight: [Set<String>]) {
    // The arrival that was accepted first.
    var accepted: [Step: Int] = [:]
    var times: [String: Int] = [:]
    for (index, arrival) in arrivals.enumerated() where arrival.isAccepted {
      let step = Step(task: arrival.task, sequence: arrival.sequence)
      if accepted[step] == nil { accepted[step] = index }
      times[arrival.id, default: 0] += 1
    }
    for (index, arrival) in arrivals.enumerated() {
      let before = accepted[Step(task: arrival.task, sequence: arrival.sequence - 1)] ?? -1
      if before > index || arrival.status != OutageAPI.status(arrival.sequence, of: steps) { outOfOrder += 1 }
    }
    delivered = times.count
    for task in tasks {
      lost += (1...steps).count { accepted[Step(task: task, sequence: $0)] == nil }
    }
    for (id, count) in times where count > 1 {
      duplicated += count - 1
      unexplained += max(0, count - 1 - inFlight.count { $0.contains(id) })
    }
  }

  var isGood: Bool { lost == 0 && outOfOrder == 0 && unexplained == 0 }
}
