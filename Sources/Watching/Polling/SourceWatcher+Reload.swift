import Model

extension SourceWatcher {
  /// Goes on by another config with all it knows of its tasks.
  ///
  /// - Parameter isChanged: whether the source's own keys differ. Then requests that run are asked again, as their
  ///   answers may be another API's, the source is tried at once even where it is down, and no task waits longer for
  ///   its next poll than a new one would.
  package func reconfigure(
    provider: any Provider, rules: WatchRules, router: any EventRouter, saving: Saving, isChanged: Bool
  ) {
    self.router = router
    wantsProgress = router.wantsProgress(of: name)
    guard isChanged else { return }
    self.provider = provider
    self.saving = saving
    if rules.every != self.rules.every || (provider.batch > 1) != (grid != nil) {
      grid = Self.grid(for: provider, rules, from: time.now)
    }
    let isRegrouped = rules.groupBy != self.rules.groupBy
    self.rules = rules
    upkeepEvery = Self.upkeep(rules)
    book.reconfigure(rules, batch: provider.batch)
    if isRegrouped { regroup() }
    era &+= 1
    let now = time.now
    gate.reconfigure(rules, at: now)
    due.pull(to: now, spread: rules.every)
    pump()
  }

  static func grid(for provider: any Provider, _ rules: WatchRules, from now: Moment) -> PollGrid? {
    provider.batch > 1 ? PollGrid(origin: now, step: rules.every) : nil
  }

  /// A request of before the last change has ended: its task is asked for anew.
  func dismiss(_ seats: [Seat]) {
    gate.abandon()
    for seat in seats where isHeld(seat) {
      enqueue(slot: seat.slot, generation: seat.generation, due: seat.due)
    }
    pump()
  }
}
