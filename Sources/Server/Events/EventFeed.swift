import Logging
import Model
import NIOCore
import Synchronization

/// Tells all clients of the event stream what is recorded: one reader of the store for all of them.
///
/// A client that begins in the past reads the store by itself, as fast as it takes it, until it is where the others
/// are. From then on it is written to whenever the feed is; whoever does not read is cut off, and comes again with
/// the number of the last event it has.
package actor EventFeed {
  /// Events read at once.
  private static let page = 200
  /// How often the clients are looked after, and every how many times they are sent a sign of life: every 15 s.
  private static let round = Duration.seconds(5)
  private static let signEvery = 3

  private let store: any Store
  private let time: any TimeSource
  private let metrics: Metrics
  private let log: Logger
  private let patience: EventClient.Patience
  /// Nil while there are no clients.
  private let waker = Mutex<AsyncStream<Void>.Continuation?>(nil)
  /// All clients, and those of them that have caught up, by what they want.
  private var everyone: [ObjectIdentifier: EventClient] = [:]
  private var live: [EventFilter: [ObjectIdentifier: EventClient]] = [:]
  /// The row of the last event that was told to the live clients; nil without any.
  private var position: Int64?
  private var told = Moment(nanoseconds: .min / 2)
  /// What runs while there are clients.
  private var work: [Task<Void, Never>] = []

  package init(store: any Store, time: any TimeSource, metrics: Metrics, log: Logger) {
    self.init(store: store, time: time, metrics: metrics, log: log, patience: EventClient.Patience())
  }

  init(
    store: any Store, time: any TimeSource, metrics: Metrics, log: Logger, patience: EventClient.Patience
  ) {
    self.store = store
    self.time = time
    self.metrics = metrics
    self.log = log
    self.patience = patience
  }

  /// Something was recorded. Cheap; may be called from anywhere and as often as one likes.
  package nonisolated func wake() { waker.withLock { $0 }?.yield() }

  private func begin() {
    let (wakes, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    waker.withLock { $0 = continuation }
    work = [
      Task {
        for await _ in wakes { await tell() }
      },
      Task { await lookAfter() },
    ]
  }

  private func end() {
    waker.withLock { $0 = nil }
    for task in work { task.cancel() }
    work = []
  }

  // MARK: One client

  /// Writes events to a connection on which the head of the answer was written. Returns when it has closed.
  func serve(_ subscription: EventSubscription, on channel: any Channel) async throws {
    // A number beyond the last is one of another state.
    let last = try await store.lastEvent()
    let start = min(subscription.after ?? last, last)
    let client = EventClient(
      channel, filter: subscription.filter, position: start, patience: patience)
    let key = ObjectIdentifier(client)
    if everyone.isEmpty { begin() }
    everyone[key] = client
    metrics.streamClients.set(Double(everyone.count))
    defer {
      everyone[key] = nil
      live[client.filter]?[key] = nil
      if live[client.filter]?.isEmpty == true { live[client.filter] = nil }
      if live.isEmpty { position = nil }
      if everyone.isEmpty { end() }
      metrics.streamClients.set(Double(everyone.count))
    }
    _ = client.write(ByteBuffer(bytes: EventFrames.opening), at: time.now)
    try await catchUp(client)
    try? await channel.closeFuture.get()
  }

  /// Reads the past for one client, until it is where the live ones are or, where there are none, at the end; then it
  /// is one of them. Nothing may come between the two.
  private func catchUp(_ client: EventClient) async throws {
    while true {
      if let position, client.position >= position { return join(client) }
      let events = try await store.events(after: client.position, limit: Self.page)
      try await send(events, to: client)
      if let last = events.last { client.position = last.row }
      if events.count == Self.page { continue }
      guard let position else { return join(client) }
      // What lay between was swept since.
      if events.isEmpty { client.position = max(client.position, position) }
    }
  }

  private func join(_ client: EventClient) {
    if position == nil { position = client.position }
    live[client.filter, default: [:]][ObjectIdentifier(client)] = client
    wake()
  }

  private func send(_ events: [RecordedEvent], to client: EventClient) async throws {
    var frames = EventFrames(events)
    for piece in frames.pieces(for: client.filter, after: client.position) {
      guard let written = client.write(piece, at: time.now) else {
        cut(client, "too much waited for it")
        throw CancellationError()
      }
      try await written.get()
    }
  }

  private func cut(_ client: EventClient, _ reason: String) {
    guard client.cutOff() else { return }
    metrics.streamCutOffs.add()
    log.notice(
      "a client of the event stream does not read and was cut off", metadata: ["reason": "\(reason)"])
  }

  // MARK: All clients

  /// Tells what was recorded since the last time. Where much is recorded it is told in bursts: with many clients a
  /// write to each of them takes longer than to read the store.
  private func tell() async {
    while !live.isEmpty, !Task.isCancelled {
      let next = told + min(.milliseconds(100), max(.milliseconds(5), .microseconds(50 * everyone.count)))
      if next > time.now { try? await time.sleep(until: next) }
      await letKeepUp()
      guard let from = position else { return }
      told = time.now
      do {
        let events = try await store.events(after: from, limit: Self.page)
        guard let last = events.last, position != nil else { return }
        position = last.row
        await tell(events)
        if events.count < Self.page { return }
      } catch {
        log.error("events cannot be read for the event stream", metadata: ["error": "\(error)"])
        try? await time.sleep(until: time.now + .seconds(1))
        if Task.isCancelled { return }
      }
    }
  }

  /// Returns when all have been written to, as far as their connections take it: where the event loops are busy,
  /// the next burst is larger instead of piling up before them.
  private func tell(_ events: [RecordedEvent]) async {
    var frames = EventFrames(events)
    guard let first = events.first?.row, let last = events.last?.row else { return }
    var orders: [ObjectIdentifier: (loop: any EventLoop, writes: [(EventClient, [ByteBuffer])])] = [:]
    for (filter, clients) in live {
      let common = frames.pieces(for: filter, after: first - 1)
      for client in clients.values {
        let before = client.position
        if before >= last { continue }
        client.position = last
        let pieces = before < first ? common : frames.pieces(for: filter, after: before)
        if pieces.isEmpty { continue }
        let loop = client.channel.eventLoop
        orders[ObjectIdentifier(loop), default: (loop, [])].writes.append((client, pieces))
      }
    }
    let now = time.now
    let written = orders.values.map { order in
      order.loop.submit {
        for (client, pieces) in order.writes { self.write(pieces, to: client, at: now) }
      }
    }
    for burst in written { try? await burst.get() }
  }

  private nonisolated func write(_ pieces: [ByteBuffer], to client: EventClient, at now: Moment) {
    for piece in pieces where client.write(piece, at: now) == nil {
      Task { await cut(client, "too much waited for it") }
      return
    }
  }

  /// Who reads gets a moment to do so before more follows. Who does not read soon needs more than a moment, and does
  /// not hold up the others.
  private func letKeepUp() async {
    for _ in 0..<50 {
      let now = time.now
      guard everyone.values.contains(where: { $0.needsAMoment(at: now) }) else { return }
      try? await time.sleep(until: now + .milliseconds(5))
    }
  }

  private func lookAfter() async {
    var rounds = 0
    while !Task.isCancelled {
      guard (try? await time.sleep(until: time.now + Self.round)) != nil else { return }
      rounds += 1
      let now = time.now
      for client in everyone.values where client.isStuck(at: now) {
        cut(client, "it took nothing for too long")
      }
      if rounds % Self.signEvery == 0 {
        let sign = ByteBuffer(bytes: EventFrames.keepAlive)
        for clients in live.values { for client in clients.values { write([sign], to: client, at: now) } }
      }
    }
  }
}
