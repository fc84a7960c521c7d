import Model

/// Asking for a task that is not watched: what it says now, once.
extension SourceWatcher {
  /// Asks for a task once, within the source's budget, whether it is watched or not.
  package func look(at address: TaskAddress) async -> PollReading {
    await withCheckedContinuation { continuation in
      let look = Look(address: address) { continuation.resume(returning: $0) }
      guard running else { return look.end(Self.stopped) }
      looks.append(look)
      pump()
    }
  }

  struct Look: Sendable {
    let address: TaskAddress
    let end: @Sendable (PollReading) -> Void
  }

  static let stopped = PollReading.failed(reason: "the source is polled no more: taskhook is stopping")

  func begin(_ look: Look, at now: Moment) {
    let request: HTTPRequest
    do throws(AddressRefusal) { request = try provider.request(for: look.address) } catch {
      return look.end(.gone(reason: error.description))
    }
    gate.begin(at: now)
    loop.start(request) { result in self.assumeIsolated { $0.answered(result, look) } }
  }

  func answered(_ result: Result<HTTPResponse, HTTPError>, _ look: Look) {
    switch result {
    case .failure(let error): conclude(.failed(reason: error.message), look, multiplexed: false)
    case .success(let response):
      switch read(response, of: look.address) {
      case .read(let reading): conclude(reading, look, multiplexed: response.version == .http2)
      case .ask(let request):
        gate.goOn(at: time.now)
        loop.start(request) { result in
          self.assumeIsolated { watcher in
            let reading: PollReading =
              switch result {
              case .success(let rest): watcher.provider.read(response, result: rest, of: look.address)
              case .failure(let error): .failed(reason: error.message)
              }
            watcher.conclude(reading, look, multiplexed: false)
          }
        }
      }
    }
  }

  func conclude(_ reading: PollReading, _ look: Look, multiplexed: Bool) {
    look.end(reading)
    guard running else { return }
    if let news = gate.end(reading, multiplexed: multiplexed, at: time.now, using: &generator) { tell(news) }
    pump()
  }
}
