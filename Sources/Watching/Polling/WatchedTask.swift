import Model

/// A task as it is held in memory while it is watched. There may be a million of them, so: small fields, no
/// boxes but for what few tasks have, absence as a value of its own.
struct WatchedTask: Sendable {
  let id: String
  let row: Int64
  private var extras: Extras?
  var status: String?
  /// Not a number where there is none, which saves the eight bytes of an optional. In full precision: what
  /// comes back from here is compared with what the API tells.
  private var progressValue: Double
  /// The least number where there is none, for the same reason.
  private var createdAtValue = Timestamp(milliseconds: .min)
  private var changedAtValue = Timestamp(milliseconds: .min)
  private var lastPolledValue = Moment(nanoseconds: .min)
  let watchedSince: Timestamp
  /// When watching began, on the timeline that never jumps.
  let began: Moment
  /// When status or progress last changed.
  var active: Moment
  /// Of the last body that was read; 0 before there is one.
  var bodyHash = 0
  var pace = TaskPace()
  var sequence: Int32
  var state: TaskState?
  /// "Not found" answers in a row.
  var misses: UInt8 = 0
  /// Failed polls in a row.
  var failures: UInt8 = 0
  var stalled: Bool
  /// Whether it is on the due list, and not in a poll or a change.
  var isDue = false
  /// Whether the store knows when it was last polled.
  var isPollNoted = true

  /// What few tasks have, and what changes seldom: in a box of its own.
  private final class Extras: Sendable {
    let url: String?
    let labels: [String: String]
    let callback: TaskCallback?
    /// Where an earlier watch of it began.
    let firstSeen: Timestamp?

    /// Nil where there is nothing.
    init?(url: String?, labels: [String: String], callback: TaskCallback?, firstSeen: Timestamp?) {
      if url == nil, labels.isEmpty, callback == nil, firstSeen == nil { return nil }
      self.url = url
      self.labels = labels
      self.callback = callback
      self.firstSeen = firstSeen
    }
  }

  var address: TaskAddress { TaskAddress(id: id, url: extras?.url) }
  var labels: [String: String] { extras?.labels ?? [:] }

  var callback: TaskCallback? {
    get { extras?.callback }
    set {
      extras = Extras(
        url: extras?.url, labels: labels, callback: newValue, firstSeen: extras?.firstSeen)
    }
  }

  /// Whether it is asked for at a URL of its own.
  var hasOwnURL: Bool { extras?.url != nil }

  /// When the task was created, where the provider tells.
  var createdAt: Timestamp? {
    get { createdAtValue.milliseconds == .min ? nil : createdAtValue }
    set { createdAtValue = newValue ?? Timestamp(milliseconds: .min) }
  }

  /// When the status last changed.
  var changedAt: Timestamp? {
    get { changedAtValue.milliseconds == .min ? nil : changedAtValue }
    set { changedAtValue = newValue ?? Timestamp(milliseconds: .min) }
  }

  /// Nil before the first poll of this process.
  var lastPolled: Moment? { lastPolledValue.nanoseconds == .min ? nil : lastPolledValue }

  mutating func polled(at now: Moment) {
    lastPolledValue = now
    isPollNoted = false
  }

  /// From 0 to 1.
  var progress: Double? {
    get { progressValue.isNaN ? nil : progressValue }
    set { progressValue = newValue ?? .nan }
  }

  /// A record as it comes from the store. Ages are taken from the wall clock here, once; from then on they
  /// are measured on the timeline that never jumps.
  init(_ record: TaskRecord, now: Moment, wall: Timestamp) {
    id = record.ref.id
    row = record.row
    extras = Extras(
      url: record.url, labels: record.labels, callback: record.callback,
      firstSeen: record.firstSeen == record.watchedSince ? nil : record.firstSeen)
    status = record.status
    state = record.state
    progressValue = record.progress ?? .nan
    sequence = Int32(clamping: record.sequence)
    watchedSince = record.watchedSince
    began = now - max(.zero, wall - record.watchedSince)
    active = now - max(.zero, wall - (record.changedAt ?? record.watchedSince))
    stalled = record.stalled
    createdAt = record.createdAt
    changedAt = record.changedAt
    guard record.status != nil, let state else { return }
    // One event so far: it is in the state in which it was first seen.
    pace.since =
      record.sequence > 1
      ? Float(((record.changedAt ?? record.watchedSince) - record.watchedSince).seconds)
      : Self.since(
        created: record.createdAt, watchedSince: record.watchedSince, state: state,
        now: record.changedAt ?? wall)
  }

  func record(source: String, ending: TaskRecord.Ending?, lastPolled: Timestamp?) -> TaskRecord {
    TaskRecord(
      row: row, ref: TaskRef(source: source, id: id), url: extras?.url, labels: labels, status: status,
      state: state, progress: progress, sequence: Int(sequence), firstSeen: extras?.firstSeen ?? watchedSince,
      watchedSince: watchedSince, changedAt: changedAt, createdAt: createdAt, lastPolled: lastPolled,
      stalled: stalled, ending: ending, callback: callback)
  }
}
