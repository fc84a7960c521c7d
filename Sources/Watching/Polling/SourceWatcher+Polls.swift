import Model

/// From a request to what its answer means: for one task, and for many at once.
extension SourceWatcher {
  func poll(_ seat: Seat, at now: Moment) {
    let request: HTTPRequest
    do throws(AddressRefusal) {
      request = try provider.request(for: roster[seat.slot]!.address)
    } catch {
      return see(.gone(error.description), seat, wait: rules.every, at: instant(now))
    }
    gate.begin(at: now)
    loop.start(request) { result in self.assumeIsolated { $0.answered(result, seat) } }
  }

  func answered(_ result: Result<HTTPResponse, HTTPError>, _ seat: Seat) {
    guard running else { return }
    guard seat.era == era else { return dismiss([seat]) }
    let now = time.now
    switch result {
    case .failure(let error):
      note(nil, .failed(reason: error.message), seat, at: now)
      conclude(.failed(reason: error.message), .nothing, seat, at: now)
    case .success(let response):
      let isHeld = isHeld(seat)
      let hash = response.status == 200 ? fingerprint(response.body) : 0
      if hash != 0, isHeld, roster[seat.slot]!.bodyHash == hash, let status = roster[seat.slot]!.status,
        let state = roster[seat.slot]!.state
      {
        // The same body says the same.
        let reading = PollReading.observed(Observation(status: status, state: state, task: []))
        note(response, reading, seat, at: now)
        return conclude(reading, .unchanged, seat, after: response, hash: hash, at: now)
      }
      let address = isHeld ? roster[seat.slot]!.address : TaskAddress(id: "")
      switch read(response, of: address) {
      case .read(let reading):
        note(response, reading, seat, at: now)
        conclude(reading, Sighting(reading), seat, after: response, hash: hash, at: now)
      case .ask(let request):
        // Whatever the second request brings: this is how the API answers the first.
        note(response, nil, seat, at: now)
        gate.goOn(at: now)
        loop.start(request) { result in self.assumeIsolated { $0.completed(response, by: result, seat) } }
      }
    }
  }

  /// An answer to a request for one task, also where such requests could ask for more.
  func read(_ response: HTTPResponse, of task: TaskAddress) -> PollStep {
    grid == nil || task.url != nil
      ? provider.read(response, of: task) : .read(provider.read(response, of: [task]).first ?? .notFound)
  }

  /// The rest of an answer that told half of it.
  func completed(
    _ first: HTTPResponse, by result: Result<HTTPResponse, HTTPError>, _ seat: Seat
  ) {
    guard running else { return }
    guard seat.era == era else { return dismiss([seat]) }
    let now = time.now
    switch result {
    case .failure(let error): conclude(.failed(reason: error.message), .nothing, seat, at: now)
    case .success(let rest):
      let address = isHeld(seat) ? roster[seat.slot]!.address : TaskAddress(id: "")
      let reading = provider.read(first, result: rest, of: address)
      conclude(reading, Sighting(reading), seat, after: rest, at: now)
    }
  }

  /// The end of a task's poll.
  func conclude(
    _ reading: PollReading, _ sighting: Sighting, _ seat: Seat,
    after response: HTTPResponse? = nil, hash: Int = 0, at now: Moment
  ) {
    let multiplexed = response?.version == .http2
    count(PollOutcome(reading, isUnchanged: sighting == .unchanged), begun: seat.begun, at: now)
    if let news = gate.end(reading, multiplexed: multiplexed, at: now, using: &generator) { tell(news) }
    var hint: Duration?
    if let response { hint = provider.hint(response) }
    settle(reading, sighting, seat, hint: hint, hash: hash, at: now)
    pump(at: now)
  }

  func count(_ outcome: PollOutcome, begun: Moment, at now: Moment) {
    tally.count(failed: outcome.isFailure, at: now)
    counter?.polled(outcome, took: now - begun)
  }

  // MARK: Many tasks by one request

  func poll(_ seats: [Seat], at now: Moment) {
    let tasks = seats.map { roster[$0.slot]!.address }
    guard let request = try? provider.request(for: tasks) else {
      // Whichever is refused is told apart.
      for seat in seats { poll(seat, at: now) }
      return
    }
    gate.begin(at: now)
    loop.start(request) { result in self.assumeIsolated { $0.answered(result, seats, tasks) } }
  }

  func answered(
    _ result: Result<HTTPResponse, HTTPError>, _ seats: [Seat], _ tasks: [TaskAddress]
  ) {
    guard running else { return }
    guard let first = seats.first, first.era == era else { return dismiss(seats) }
    let now = time.now
    let readings: [PollReading]
    var response: HTTPResponse?
    switch result {
    case .failure(let error): readings = tasks.map { _ in .failed(reason: error.message) }
    case .success(let answer):
      readings = provider.read(answer, of: tasks)
      response = answer
    }
    // An answer that tells of any task is a good one.
    let whole = readings.first(where: \.tellsOfTask) ?? readings.first ?? .notFound
    let multiplexed = response?.version == .http2
    count(PollOutcome(whole), begun: first.begun, at: now)
    if let news = gate.end(whole, multiplexed: multiplexed, at: now, using: &generator) { tell(news) }
    let hint = response.flatMap(provider.hint)
    for (seat, reading) in zip(seats, readings) {
      settle(reading, Sighting(reading), seat, hint: hint, hash: 0, at: now)
    }
    pump()
  }
}
