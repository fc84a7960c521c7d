import GRDB
import Model

// What the state file says in small integers. These numbers are on disk: never change one, only add.

extension TaskState {
  var code: Int64 {
    switch self {
    case .pending: 0
    case .throttled: 1
    case .running: 2
    case .succeeded: 3
    case .failed: 4
    case .cancelled: 5
    case .expired: 6
    case .unknown: 7
    }
  }

  init(code: Int64) throws { self = try decode(code, from: TaskState.byCode) }

  private static let byCode = Dictionary(uniqueKeysWithValues: allCases.map { ($0.code, $0) })
}

extension TaskRecord.Ending {
  var code: Int64 {
    switch self {
    case .terminal: 0
    case .notFound: 1
    case .lost: 2
    case .timedOut: 3
    case .removed: 4
    }
  }

  init(code: Int64) throws { self = try decode(code, from: TaskRecord.Ending.byCode) }

  private static let byCode = Dictionary(uniqueKeysWithValues: allCases.map { ($0.code, $0) })
}

extension DeliveryState {
  /// The indexes of the schema name these: below 2 is not ended, 1 is ready.
  var code: Int64 {
    switch self {
    case .held: -1
    case .waiting: 0
    case .ready: 1
    case .delivered: 2
    case .dead: 3
    }
  }

  init(code: Int64) throws { self = try decode(code, from: DeliveryState.byCode) }

  private static let byCode = Dictionary(uniqueKeysWithValues: allCases.map { ($0.code, $0) })
}

/// Where a save stands.
enum SaveState: Int64 {
  /// The index of the schema names it.
  case pending = 0
  case saved = 1
  case failed = 2
}

extension EventType {
  var code: Int64 {
    switch self {
    case .task(let state): state.code
    case .progress: 16
    case .notFound: 17
    case .lost: 18
    case .stalled: 19
    case .timedOut: 20
    case .saved: 21
    case .saveFailed: 22
    case .sourceDown: 32
    case .sourceUp: 33
    case .hookDown: 48
    case .hookUp: 49
    case .deliveryDead: 50
    }
  }

  init(code: Int64) throws { self = try decode(code, from: EventType.byCode) }

  private static let byCode = Dictionary(uniqueKeysWithValues: all.map { ($0.code, $0) })
}

private func decode<T>(_ code: Int64, from known: [Int64: T]) throws -> T {
  guard let value = known[code] else {
    throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "no \(T.self) has the code \(code)")
  }
  return value
}

extension Moment {
  /// Rounded up, so that nothing is due before its time.
  var millisecondsRoundedUp: Int64 {
    let whole = milliseconds
    return whole * 1_000_000 < nanoseconds ? whole + 1 : whole
  }

  /// Of what was stored; saturates instead of overflowing on a damaged value.
  init(stored milliseconds: Int64) {
    let (nanoseconds, overflow) = milliseconds.multipliedReportingOverflow(by: 1_000_000)
    self.init(nanoseconds: overflow ? (milliseconds < 0 ? .min : .max) : nanoseconds)
  }
}

/// The first 60 of the 130 bits of a delivery's id: what the ids are looked up by. The whole id is derived
/// again from the row and compared, so a rare clash costs a look and no more.
enum DeliveryKey {
  /// The key of `msg_…`, or nil where that can be no id.
  static func of(_ id: String) -> Int64? {
    let bytes = Array(id.utf8)
    guard bytes.count == 30, id.hasPrefix("msg_") else { return nil }
    var key: Int64 = 0
    for byte in bytes[4..<16] {
      guard let digit = digits[byte] else { return nil }
      key = (key << 5) | digit
    }
    return key
  }

  private static let digits = Dictionary(
    uniqueKeysWithValues: zip("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8, Int64(0)...))
}
