/// What became of the deliveries of an outage, by what the receiver wrote down.
struct OutageVerdict {
  /// Accepted at least once.
  private(set) var delivered = 0
  /// Expected and never accepted.
  private(set) var lost = 0
  /// Accepted once more than once, each time counted.
  private(set) var duplicated = 0
  /// Of these, those that no kill explains: the delivery was not in flight at as many kills as it was doubled.
  private(set) var unexplained = 0
  /// Came before the one before them was accepted, or with another status than the task had.
  private(set) var outOfOrder = 0

  /// - Parameters:
  ///   - tasks: all of which went through `steps` statuses.
  ///   - inFlight: at each kill, the ids that were accepted and not settled.
  init(_ arrivals: [OutageReceiver.Arrival], tasks: [String], steps: Int, inFlight: [Set<String>]) {
    var done: [String: Int] = [:]
    var accepted: [String: Int] = [:]
    for arrival in arrivals {
      let before = done[arrival.task] ?? 0
      if arrival.sequence > before + 1 || arrival.status != OutageAPI.status(arrival.sequence, of: steps) {
        outOfOrder += 1
      }
      guard arrival.isAccepted else { continue }
      accepted[arrival.id, default: 0] += 1
      done[arrival.task] = max(before, arrival.sequence)
    }
    delivered = accepted.count
    lost = tasks.reduce(0) { $0 + steps - (done[$1] ?? 0) }
    for (id, times) in accepted where times > 1 {
      duplicated += times - 1
      unexplained += max(0, times - 1 - inFlight.count { $0.contains(id) })
    }
  }

  var isGood: Bool { lost == 0 && outOfOrder == 0 && unexplained == 0 }
}
