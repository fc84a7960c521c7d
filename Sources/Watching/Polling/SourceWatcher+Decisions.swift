import Model

/// From what an answer means to what is decided and written.
extension SourceWatcher {
  /// Notes what the poll means for the task's own pace, then decides.
  func settle(
    _ reading: PollReading, _ sighting: Sighting, _ seat: Seat, hint: Duration?, hash: Int, at now: Moment
  ) {
    guard isHeld(seat) else { return }
    let before = roster[seat.slot]!.lastPolled
    roster[seat.slot]!.polled(at: now)
    if case .unchanged = sighting, !roster[seat.slot]!.isMoved(byTimeUntil: now, rules: rules) {
      roster[seat.slot]!.sawTheSame()
      let wait = pace(of: roster[seat.slot]!, hint: hint, at: now)
      return enqueue(slot: seat.slot, generation: seat.generation, due: next(seat, wait, now))
    }
    talk.mention(reading, of: roster[seat.slot]!.id, isNew: roster[seat.slot]!.failures == 0)
    if let reason = reading.trouble {
      observer?.missed(TaskRef(source: name, id: roster[seat.slot]!.id), reason)
    }
    let wait = roster[seat.slot]!.note(
      reading, hash: hash, hint: hint, spreads: grid == nil, at: now, rules: rules, using: &generator)
    see(sighting, seat, wait: wait, hint: hint, at: instant(now), before: before)
  }

  /// - Parameter before: when the task was last polled before this.
  func see(
    _ sighting: Sighting, _ seat: Seat, wait: Duration, hint: Duration? = nil, at: Instant,
    before: Moment? = nil
  ) {
    guard let task = roster[seat.slot] else { return }
    var decision = Decision(
      from: task, of: name, seeing: sighting, at: at, rules: rules, wantsProgress: wantsProgress,
      router: router)
    let wait = pace(
      &decision, from: task, seeing: sighting, wait: wait, hint: hint, last: before, at: at)
    if saving != .nothing { decision.save { order(for: $0, of: task.address) } }
    if case .observed(let observation) = sighting {
      observer?.saw(observation, of: TaskRef(source: name, id: task.id))
    }
    if let before, decision.events.contains(where: { $0.event.type.isTransition }) {
      counter?.noticed(lag: at.now - before)
    }
    guard decision.isNews else {
      roster[seat.slot] = decision.task
      enqueue(slot: seat.slot, generation: seat.generation, due: next(seat, wait, at.now))
      return
    }
    write(decision, seat, wait: wait, at: at)
  }

  /// What is to be kept of a success; nil where it names no files.
  private func order(for task: [UInt8], of address: TaskAddress) -> SaveOrder? {
    let outputs = provider.outputs(of: task, at: address)
    return outputs.isEmpty ? nil : SaveOrder(outputs: outputs, holds: saving == .outputsBeforeHooks)
  }

  func next(_ seat: Seat, _ wait: Duration, _ now: Moment) -> Moment {
    guard isBatched(seat), let grid else {
      return Self.due(in: wait, of: wait, atLeast: rules.every, from: now)
    }
    return grid.next(after: seat.due, wait: wait, now: now)
  }

  func write(_ decision: Decision, _ seat: Seat, wait: Duration, at: Instant) {
    var task = decision.task
    let polled = task.lastPolled.map { wallTime(of: $0, now: at.now, wall: at.wall) }
    task.isPollNoted = true
    roster[seat.slot] = task
    let record = task.record(source: name, ending: decision.ending, lastPolled: polled)
    let ended = decision.ending != nil
    journal.write(
      .task(record, decision.events), by: self,
      done: { $0.written(seat, ended: ended, wait: wait) }, refused: { $0.refused($1, seat) })
  }

  /// What became of changes.
  func hear(_ news: [Journal.Done]) {
    for tell in news { tell(self) }
  }

  /// The store knows better: the task is taken up as it is there, and what was seen is seen again.
  func refused(_ known: TaskRecord?, _ seat: Seat) {
    guard isHeld(seat) else { return }
    let row = roster[seat.slot]!.row
    roster.remove(slot: seat.slot)
    if known?.ending != nil { asked.end(row) }
    if let known, known.ending == nil { add([known], spread: false) }
  }

  func written(_ seat: Seat, ended: Bool, wait: Duration) {
    guard isHeld(seat) else { return }
    if ended {
      asked.end(roster[seat.slot]!.row)
      roster.remove(slot: seat.slot)
    } else {
      enqueue(slot: seat.slot, generation: seat.generation, due: next(seat, wait, time.now))
    }
    pump()
  }

  /// While nothing is polled, tasks still grow too old: looked at every minute at most.
  func age(at now: Moment) {
    guard now - lastAgeing >= upkeepEvery else { return }
    lastAgeing = now
    guard case .wait = gate.admits(at: now) else { return }
    // Those on the due list only: others are polled or written right now. An overdue one is on it.
    var waiting: [(slot: Int, generation: UInt32, due: Moment)] = []
    while let next = due.pop(at: now) { waiting.append(next) }
    for (slot, generation, moment) in waiting {
      guard roster.holds(slot: slot, generation: generation) else { continue }
      if now - roster[slot]!.began >= rules.giveUpAfter {
        let seat = Seat(slot: slot, generation: generation, due: moment, era: era, begun: now)
        roster[slot]!.isDue = false
        see(.nothing, seat, wait: rules.every, at: instant(now))
      } else {
        // Who has waited longest stays first.
        due.insert(slot: slot, generation: generation, due: moment)
      }
    }
  }
}
