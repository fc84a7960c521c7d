import Logging
import Model
import Synchronization

/// Keeps copies of the output files of tasks that succeeded, as the store has ordered it. It finds its work in the
/// store, at its start and whenever it is told that there may be more; so none is lost.
package actor Saver {
  /// A source as it is set up.
  package struct Source: Sendable {
    package var name: String
    /// Nil where no copies are kept (any more): what is pending ends as failed, so that hooks which wait for it go
    /// out.
    package var settings: OutputSettings?
    /// Its host may be a private one, and alone is shown `ownHeaders`.
    package var baseURL: String
    /// What outputs that the API itself serves are asked for with.
    package var ownHeaders: [HTTPHeader]
    /// How the API is reached; of no other host.
    package var connection: ConnectionOptions

    package init(
      name: String, settings: OutputSettings?, baseURL: String, ownHeaders: [HTTPHeader] = [],
      connection: ConnectionOptions = ConnectionOptions()
    ) {
      self.name = name
      self.settings = settings
      self.baseURL = baseURL
      self.ownHeaders = ownHeaders
      self.connection = connection
    }
  }

  /// What is known of a save that has not ended.
  private struct Known {
    var source: String
    /// Tells one order from another.
    var orderedAt: Timestamp
    /// Whether another was seen since.
    var isStale = false
    /// Nil while it waits for others to end.
    var work: Task<Void, Never>?
    /// The number of the success whose outputs are at work.
    var success: Int?
    /// Bytes of its task object, which is in memory while it is at work.
    var weight = 0
  }

  private let workshop: Workshop
  private var router: any EventRouter
  private let settled: @Sendable (BoundEvent, [String]) -> Void
  /// By the sources' names; nil of those that keep no copies.
  private var sites: [String: Site?]
  private var known: [Int64: Known] = [:]
  /// Rows that wait, in order, by source.
  private var waiting: [String: ArraySlice<Int64>] = [:]
  private var working: [String: Int] = [:]
  private var weight = 0
  private var strangers: Set<String> = []
  /// How often it was told that there may be more, and of how many of these it knows.
  private let notices = Atomic<Int>(0)
  private var seen = 0
  private var mayHaveMore = false
  private var scan: Task<Void, Never>?
  private var phase = Phase.new

  private enum Phase { case new, working, stopped }

  /// Saves of a source at once. Most of them may wait for a server that is down, and hold no place meanwhile.
  private static let most = 256
  /// Task objects in memory, in bytes, over all sources; beyond it one save at a time.
  private static let mostWeight = 64 << 20
  /// Saves read from the store in one go.
  private static let page = 100

  /// - Parameters:
  ///   - partsFolder: where files are until they are in a storage elsewhere; made where it is needed.
  ///   - transport: writes to the disk on its own thread: one that nothing else waits for.
  ///   - settled: is told of each save's event once it is in the store, and of the hooks whose deliveries of the
  ///     success wait no more.
  package init(
    _ sources: [Source], partsFolder: String, store: any Store, transport: any HTTPTransport,
    router: any EventRouter, renewer: any OutputRenewer, time: any TimeSource, log: Logger,
    observer: (any SaveObserver)? = nil,
    settled: @escaping @Sendable (_ event: BoundEvent, _ released: [String]) -> Void
  ) {
    workshop = Workshop(
      store: store, transport: transport, renewer: renewer, time: time, log: log, observer: observer,
      partsFolder: partsFolder)
    self.router = router
    self.settled = settled
    sites = Self.sites(of: sources, store)
  }

  private static func sites(of sources: [Source], _ store: any Store) -> [String: Site?] {
    Dictionary(
      uniqueKeysWithValues: sources.map { source in
        (
          source.name,
          source.settings.map {
            Site(
              source.name, $0, baseURL: source.baseURL, ownHeaders: source.ownHeaders,
              connection: source.connection, store: store)
          }
        )
      })
  }

  /// Goes on by another config. Files that are on their way end as they began.
  package func reconfigure(_ sources: [Source], router: any EventRouter) {
    self.router = router
    sites = Self.sites(of: sources, workshop.store)
    strangers.removeAll()
    look()
  }

  /// Takes up all saves that have not ended.
  package func start() {
    guard phase == .new else { return }
    phase = .working
    look()
  }

  /// There may be new saves.
  package nonisolated func notify() {
    notices.add(1, ordering: .relaxed)
    Task { await look() }
  }

  /// Breaks off; what is there of files stays for the next start.
  package func stop() async {
    phase = .stopped
    scan?.cancel()
    let works = known.values.compactMap(\.work)
    for work in works { work.cancel() }
    await scan?.value
    for work in works { await work.value }
  }

  /// Whether no save is known that has not ended.
  package var isIdle: Bool {
    known.isEmpty && scan == nil && !mayHaveMore && seen == notices.load(ordering: .relaxed)
  }

  // MARK: Finding work

  private func look() {
    seen = notices.load(ordering: .relaxed)
    guard phase == .working else { return }
    mayHaveMore = true
    if scan == nil { scan = Task { await self.search() } }
  }

  private func search() async {
    while mayHaveMore, phase == .working {
      mayHaveMore = false
      do {
        let count = try await read()
        // A long list is not read for each new one.
        if count > 1000 { try await workshop.time.sleep(until: workshop.time.now + .seconds(1)) }
      } catch {
        if phase != .working { break }
        mayHaveMore = true
        workshop.log.error("pending saves cannot be read; tried again", metadata: ["error": "\(error)"])
        try? await workshop.time.sleep(until: workshop.time.now + .seconds(5))
      }
    }
    scan = nil
  }

  private func read() async throws -> Int {
    var last: Int64 = 0
    var count = 0
    while phase == .working {
      let page = try await workshop.store.pendingSaves(after: last, limit: Self.page)
      for save in page { take(save) }
      count += page.count
      guard page.count == Self.page, let row = page.last?.row else { break }
      last = row
    }
    return count
  }

  private func take(_ save: PendingSave) {
    if let other = known[save.row] {
      if other.orderedAt == save.orderedAt { return }
      known[save.row]?.isStale = true
      // The task has succeeded anew, and its outputs are others: those of before are given up.
      if let success = other.success, success != save.event.sequence { other.work?.cancel() }
      return
    }
    let source = save.ref.source
    guard sites[source] != nil else {
      if strangers.insert(source).inserted {
        workshop.log.warning(
          "outputs of a source that the config does not have are not saved", metadata: ["source": "\(source)"]
        )
      }
      return
    }
    known[save.row] = Known(source: source, orderedAt: save.orderedAt)
    waiting[source, default: []].append(save.row)
    begin(source)
  }

  // MARK: Doing it

  private func begin(_ source: String) {
    while phase == .working, working[source, default: 0] < Self.most,
      weight < Self.mostWeight || working[source, default: 0] == 0,
      let row = waiting[source]?.popFirst()
    {
      working[source, default: 0] += 1
      known[row]?.work = Task { await self.work(row, source) }
    }
  }

  private func work(_ row: Int64, _ source: String) async {
    await end(row)
    let ended = known.removeValue(forKey: row)
    weight -= ended?.weight ?? 0
    working[source, default: 0] -= 1
    if waiting[source]?.isEmpty == true { waiting[source] = nil }
    // Those of other sources may have waited for room in memory.
    for source in waiting.keys { begin(source) }
    // Another order may have come in its last moment.
    if ended?.isStale == true { look() }
  }

  /// Brings a save to its end, or to a stop.
  private func end(_ row: Int64) async {
    var report: (save: PendingSave, SaveReport)?
    while phase == .working {
      // As it is now: it may have ended, and may have been ordered anew while it was at work.
      let current: PendingSave?
      do throws(SaveFailure) {
        current = try await workshop.persist { [workshop] () async throws(StoreError) in
          try await workshop.store.pendingSaves(after: row - 1, limit: 1).first
        }
      } catch {
        return
      }
      guard let save = current, save.row == row else { return }
      if let (done, outcome) = report, done.orderedAt == save.orderedAt, await settle(done, outcome) {
        return
      }
      note(save)
      guard let outcome = await run(save) else { return }
      report = (save, outcome)
    }
  }

  private func note(_ save: PendingSave) {
    let bytes = save.event.task?.count ?? 0
    weight += bytes - (known[save.row]?.weight ?? 0)
    known[save.row]?.weight = bytes
    known[save.row]?.success = save.event.sequence
    known[save.row]?.orderedAt = save.orderedAt
  }

  private func run(_ save: PendingSave) async -> SaveReport? {
    guard let site = sites[save.ref.source] ?? nil else {
      return SaveReport(refusal: "the config has no outputs for the source \(save.ref.source) any more")
    }
    return await run(save, at: site)
  }

  private nonisolated func run(_ save: PendingSave, at site: Site) async -> SaveReport? {
    await TaskSave(workshop: workshop, site: site, save: save).run()
  }

  /// False where it was ordered anew in the last moment.
  private func settle(_ save: PendingSave, _ report: SaveReport) async -> Bool {
    let event = report.event(of: save.event, count: save.outputs.count, at: workshop.time.wall)
    let settlement = SaveSettlement(
      row: save.row, orderedAt: save.orderedAt, event: BoundEvent(event, hooks: router.hooks(for: event)))
    let recorded: BoundEvent?
    do throws(SaveFailure) {
      recorded = try await workshop.persist { [workshop] () async throws(StoreError) in
        try await workshop.store.settle(settlement)
      }
    } catch {
      return true
    }
    guard let recorded else { return false }
    if let reason = event.reason {
      workshop.log.warning(
        "outputs could not be saved", metadata: ["task": "\(save.ref)", "reason": "\(reason)"])
    } else {
      workshop.log.info(
        "outputs saved", metadata: ["task": "\(save.ref)", "files": "\(event.files.count)"])
    }
    workshop.observer?.ended(recorded.event)
    settled(recorded, router.hooks(for: save.event))
    return true
  }
}
