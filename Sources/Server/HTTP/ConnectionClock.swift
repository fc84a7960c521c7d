import NIOCore

/// When a connection is closed because nothing moves on it. A value: what happens goes in, the deadline comes out.
struct ConnectionClock {
  private let limits: ServerLimits
  /// Requests whose head has come and whose answer has not ended.
  private(set) var open = 0
  /// Whether the end of a request is still to come.
  private(set) var isReading = false
  /// When the head that is being read began.
  private var headSince: NIODeadline?
  /// When something last came in or an answer ended.
  private var movedAt: NIODeadline
  /// When the request that is being read was answered, and what came of it since.
  private var answeredAt: NIODeadline?
  private var lateBytes = 0
  /// When this side ended the connection.
  private var endedAt: NIODeadline?
  /// Since when the peer takes nothing of what is sent.
  private var blockedSince: NIODeadline?

  init(limits: ServerLimits, now: NIODeadline) {
    self.limits = limits
    headSince = now
    movedAt = now
  }

  /// Bytes came in, of whatever they are.
  mutating func bytes(at now: NIODeadline) {
    if open == 0, !isReading, headSince == nil { headSince = now }
  }

  mutating func head(at now: NIODeadline) {
    open += 1
    isReading = true
    headSince = nil
    movedAt = now
  }

  /// False where too much comes of a request that was answered already.
  mutating func body(_ count: Int, at now: NIODeadline) -> Bool {
    movedAt = now
    if answeredAt == nil { return true }
    lateBytes += count
    return lateBytes <= limits.lateBytes
  }

  mutating func requestEnded(at now: NIODeadline) {
    isReading = false
    answeredAt = nil
    lateBytes = 0
    movedAt = now
  }

  mutating func answerEnded(at now: NIODeadline) {
    open = max(0, open - 1)
    movedAt = now
    if open == 0, isReading { answeredAt = now }
  }

  /// This side sends no more: the peer is to close, too.
  mutating func ended(at now: NIODeadline) { endedAt = endedAt ?? now }

  mutating func writable(_ isWritable: Bool, at now: NIODeadline) {
    blockedSince = isWritable ? nil : blockedSince ?? now
  }

  /// When the connection is closed unless something happens before; nil while it waits for an answer.
  var deadline: NIODeadline? {
    if let endedAt { return endedAt + Self.amount(limits.lateTime) }
    if let blockedSince { return blockedSince + Self.amount(limits.idleTime) }
    if let answeredAt { return answeredAt + Self.amount(limits.lateTime) }
    if isReading { return movedAt + Self.amount(limits.idleTime) }
    if open > 0 { return nil }
    if let headSince { return headSince + Self.amount(limits.headTime) }
    return movedAt + Self.amount(limits.idleTime)
  }

  private static func amount(_ duration: Duration) -> TimeAmount { TimeAmount(duration) }
}
