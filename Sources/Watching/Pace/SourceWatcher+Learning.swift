import Model

/// What watching a task teaches of others like it, and how long it waits by that.
extension SourceWatcher {
  /// Learns from a sighting, and answers the wait until the next poll.
  ///
  /// - Parameters:
  ///   - before: the task as it was before.
  ///   - wait: by the plain pace, or the back-off of a failing task.
  ///   - hint: the least wait that the answer asked for.
  ///   - last: when it was polled before.
  func pace(
    _ decision: inout Decision, from before: WatchedTask, seeing sighting: Sighting, wait: Duration,
    hint: Duration?, last: Moment?, at: Instant
  ) -> Duration {
    let isAnswer: Bool
    switch sighting {
    case .observed(let seen):
      learn(&decision.task, from: before, seen, last: last, at)
      isAnswer = true
    case .unchanged:
      decision.task.pace.isBlind = false
      isAnswer = true
    case .notFound, .gone: isAnswer = false
    case .nothing:
      decision.task.pace.isBlind = true
      isAnswer = false
    }
    guard decision.ending == nil else { return wait }
    guard isAnswer, !book.isPlain, decision.task.state != nil else {
      book.note(wait: wait.seconds, tasks: roster.count)
      return wait
    }
    return pace(of: decision.task, hint: hint, at: at.now)
  }

  /// The wait of a task whose poll was answered, by the plain pace or by what was learnt.
  func pace(of task: borrowing WatchedTask, hint: Duration?, at now: Moment) -> Duration {
    func spread(_ wait: Duration) -> Duration {
      grid == nil ? Jitter.added(to: wait, upTo: 0.05, using: &generator) : wait
    }
    guard !book.isPlain, let state = task.state else {
      let wait = spread(Pace.wait(still: now - task.active, rules: rules))
      book.note(wait: wait.seconds, tasks: roster.count)
      return max(wait, hint ?? .zero)
    }
    let isTimely =
      task.progress != nil && (wantsProgress || task.callback.map(router.wantsProgress) ?? false)
    let plain = Pace.wait(still: now - task.active, rules: rules).seconds
    let learnt = book.wait(
      of: task.pace.kind, in: state, age: task.age(at: now), plain: plain, report: task.report,
      isTimely: isTimely)
    book.note(wait: learnt, tasks: roster.count)
    return max(spread(max(rules.every, .nanoseconds(Int64(learnt * 1e9)))), hint ?? .zero)
  }

  private func learn(
    _ task: inout WatchedTask, from before: WatchedTask, _ seen: Observation, last: Moment?, _ at: Instant
  ) {
    if task.pace.kind == .common, let kind = rules.groupBy?.kind(inTask: seen.task) {
      task.pace.kind = book.number(of: kind)
    }
    // Between the last two looks, where both saw something.
    let looked = task.pace.isBlind ? nil : last
    task.pace.isBlind = false
    if seen.status != before.status || seen.state != before.state {
      if let state = before.state, let looked {
        book.learn(
          task.pace.kind, state, from: max(0, before.age(at: looked)), to: before.age(at: at.now),
          after: before.pace.report)
      }
      if before.status == nil {
        task.pace.enter(
          since: WatchedTask.since(
            created: seen.createdAt, watchedSince: task.watchedSince, state: seen.state, now: at.wall),
          using: &generator)
      } else {
        let missed = looked.map { (at.now - $0).seconds / 2 } ?? 0
        task.pace.enter(since: Float((at.now - task.began).seconds - missed), using: &generator)
      }
    } else if let progress = seen.progress, progress != before.progress,
      let report = ProgressModel.Report(progress: progress, age: task.age(at: at.now))
    {
      task.pace.note(report)
    }
  }

  // MARK: Kinds

  /// The kind of a task that comes to be watched, as far as its labels say it.
  func kind(of task: WatchedTask) -> PaceBook.KindNumber {
    rules.groupBy?.kind(task.labels).map { book.number(of: $0) } ?? .common
  }

  /// Tells the tasks apart by another `group_by`: at once by labels, else at their next polls.
  func regroup() {
    for slot in 0..<roster.capacity {
      guard let task = roster[slot] else { continue }
      roster[slot]!.pace.kind = kind(of: task)
      // The body is read again.
      if case .task? = rules.groupBy { roster[slot]!.bodyHash = 0 }
    }
  }

  // MARK: Keeping

  /// So many kinds of a source's tasks are told apart.
  package static var kinds: Int { PaceBook.capacity }

  /// Takes up what the store knows of how long this source's tasks take. Before it is started.
  package func recall(_ paces: [LearntPace]) {
    // The common kind first: the others build on it.
    for pace in paces.sorted(by: { $0.kind < $1.kind }) where pace.source == name {
      book.recall(pace.kind, pace.model)
    }
  }

  /// What was learnt since the last call, of at most `limit` kinds.
  package func learnt(limit: Int) -> [LearntPace] {
    let wall = time.wall
    return book.takeNews(limit: limit).map {
      LearntPace(source: name, kind: $0.name, model: $0.model, usedAt: wall)
    }
  }
}
