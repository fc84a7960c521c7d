import Model

/// A task as it is held in memory while it is watched. There may be a million of them, so: small fields, no
/// boxes.
struct WatchedTask: Sendable {
  let address: TaskAddress
  let row: Int64
  var labels: [String: String]
  var status: String?
  /// Not a number where there is none, which saves the eight bytes of an optional. In full precision: what
  /// comes back from here is compared with what the API tells.
  private var progressValue: Double
  /// In milliseconds; the least number where there is none, for the same reason.
  private var createdAtValue: Int64
  var sequence: Int32
  let firstSeen: Timestamp
  let watchedSince: Timestamp
  var changedAt: Timestamp?
  /// When watching began, on the timeline that never jumps.
  let began: Moment
  /// When status or progress last changed.
  var active: Moment
  /// Nil before the first poll of this process.
  var lastPolled: Moment?
  /// The last poll time that the store knows.
  var touched: Moment?
  /// Of the last body that was read; 0 before there is one.
  var bodyHash = 0
  var pace = TaskPace()
  var state: TaskState?
  /// "Not found" answers in a row.
  var misses: UInt8 = 0
  /// Failed polls in a row.
  var failures: UInt8 = 0
  var stalled: Bool
  /// Whether it is on the due list, and not in a poll or a change.
  var isDue = false
  var callback: TaskCallback?

  var id: String { address.id }

  /// When the task was created, where the provider tells.
  var createdAt: Timestamp? {
    get { createdAtValue == .min ? nil : Timestamp(milliseconds: createdAtValue) }
    set { createdAtValue = newValue?.milliseconds ?? .min }
  }

  /// From 0 to 1.
  var progress: Double? {
    get { progressValue.isNaN ? nil : progressValue }
    set { progressValue = newValue ?? .nan }
  }

  /// A record as it comes from the store. Ages are taken from the wall clock here, once; from then on they
  /// are measured on the timeline that never jumps.
  init(_ record: TaskRecord, now: Moment, wall: Timestamp) {
    address = TaskAddress(id: record.ref.id, url: record.url)
    row = record.row
    labels = record.labels
    status = record.status
    state = record.state
    progressValue = record.progress ?? .nan
    createdAtValue = record.createdAt?.milliseconds ?? .min
    sequence = Int32(clamping: record.sequence)
    firstSeen = record.firstSeen
    watchedSince = record.watchedSince
    changedAt = record.changedAt
    began = now - max(.zero, wall - record.watchedSince)
    active = now - max(.zero, wall - (record.changedAt ?? record.watchedSince))
    stalled = record.stalled
    callback = record.callback
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
      row: row, ref: TaskRef(source: source, id: id), url: address.url, labels: labels, status: status,
      state: state, progress: progress, sequence: Int(sequence), firstSeen: firstSeen,
      watchedSince: watchedSince, changedAt: changedAt, createdAt: createdAt, lastPolled: lastPolled,
      stalled: stalled, ending: ending, callback: callback)
  }
}
