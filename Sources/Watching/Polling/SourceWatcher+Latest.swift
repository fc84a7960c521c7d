import Model

/// What the API last said of a watched task, for others who would ask it the same.
extension SourceWatcher {
  /// The API's answer to the last poll of a watched task where it is not older than `age`; else the task is polled now,
  /// within the source's budget, and all who ask meanwhile share that poll. A task that the API does not know yet is
  /// waited for as long as watching it allows.
  ///
  /// `poll.every` holds here, too: a task that was polled a moment ago is polled again when that has passed, and one
  /// whose polls fail at the pace of its back-off.
  ///
  /// Nil where the task is not watched, the caller was cancelled, or the answer is no use to others: none came, it was
  /// a fault, or this source's own key was refused. An answer is as it came: also "not found", or 429.
  package func latest(of row: Int64, notOlderThan age: Duration) async -> LatestAnswer? {
    guard running, grid == nil, let slot = roster.slot(ofRow: row), !Task.isCancelled else { return nil }
    let now = time.now
    if let answer = asked.answer(of: row, since: now - age, at: now) { return answer }
    // Whoever asks the API itself sees the trouble.
    if roster[slot]!.failures > 0 { return nil }
    hurry(slot, at: now)
    let ticket = WaitTicket()
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        // Begun again, as a poll may have ended within `hurry`.
        guard roster.slot(ofRow: row) != nil else { return continuation.resume(returning: nil) }
        ticket.number = asked.wait(for: row, at: now) { continuation.resume(returning: $0) }
        if Task.isCancelled, let number = ticket.number { asked.leave(row, number) }
      }
    } onCancel: {
      Task { await self.leave(row, ticket) }
    }
  }

  /// Where a waiter stands. Belongs to the watcher.
  ///
  /// `@unchecked Sendable`: only code of the actor reads and writes it.
  final class WaitTicket: @unchecked Sendable {
    var number: Int?
  }

  private func leave(_ row: Int64, _ ticket: WaitTicket) {
    if let number = ticket.number { asked.leave(row, number) }
  }

  /// Puts a task before all others that are due. One in a poll or a change has its turn already.
  private func hurry(_ slot: Int, at now: Moment) {
    guard roster[slot]!.isDue else { return }
    // A new id is asked for every 3 s: more often would not make it known.
    if roster[slot]!.status == nil, roster[slot]!.misses > 0 { return }
    let earliest = roster[slot]!.lastPolled.map { $0 + rules.every } ?? now
    let generation = roster.renew(slot: slot)
    enqueue(slot: slot, generation: generation, due: earliest > now ? earliest : now - .seconds(3600))
    pump()
  }

  /// The answer to a poll of one task; `reading` nil where it told half of what is wanted.
  func note(_ response: HTTPResponse?, _ reading: PollReading?, _ seat: Seat, at now: Moment) {
    guard !asked.isEmpty, isHeld(seat), let task = roster[seat.slot], asked.holds(task.row) else { return }
    let answer = response.map { LatestAnswer(response: $0, at: now) }
    switch reading {
    case nil, .observed, .gone: asked.tell(task.row, answer)
    case .notFound:
      // Nobody has seen it yet: those who wait learn of it at its first sight, or when it is given up.
      if task.status != nil || now - task.began >= rules.notFoundFor { asked.tell(task.row, answer) }
    case .throttled: asked.tell(task.row, answer)
    case .refused, .failed, .unreadable: asked.tell(task.row, nil)
    }
  }
}
