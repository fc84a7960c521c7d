import DequeModule
import Model

/// Which of a hook's deliveries are in memory, and what to do next about those that wait. Pure.
///
/// Only a bounded part of what waits is in memory. A delivery is claimed in the order of its lane because the
/// store makes one of a lane ready only once the one before it is settled.
///
/// With digests the outbox first learns whether more deliveries wait than may go out one by one. If so it gives
/// back what it has, waits until a digest may go out, and gathers all that are ready for it
/// (of a lane that is its first). One digest is under way at a time.
struct Outbox: Sendable {
  enum Step: Sendable {
    case send(Parcel)
    case claim(Order)
    case wait(until: Moment)
    /// Nothing before something ends or is told.
    case rest
  }

  /// What to ask the store for.
  struct Order: Sendable, Equatable {
    var purpose: Purpose
    var limit: Int
    var bodies: ClaimedBodies
    /// What the outbox has already.
    var held: Set<Int64>

    enum Purpose: Sendable {
      case single
      /// Only to know how many wait.
      case count
      case digest
    }
  }

  /// Task objects kept in memory beyond those of running attempts: the store is asked for no more than fit in.
  static let bytes = 8 << 20
  /// Attempts that run or have ended and are not in the store yet. A transaction takes some milliseconds, and tens of
  /// them where it moves the journal into the file, in which many may end; what a power cut makes again is no more
  /// than this.
  static let unsettled = 1024

  private let hook: String
  private var digest: DigestRules?
  /// Deliveries kept in memory beyond those that run: enough that attempts never wait for the store.
  private var reserve = 0
  /// `unsettled`, or more where more attempts may run at once.
  private var underway = 0
  private var claimed: Deque<ClaimedDelivery> = []
  private var claimedBytes = 0
  /// Claimed, running, or not settled yet.
  private var held: Set<Int64> = []
  private(set) var isClaiming = false
  /// Whether the store may have more that is due now.
  private var mayHaveMore = true
  private var nextDue: Moment?

  /// Deliveries that are due and left in the store, as far as that was counted for a digest.
  private var beyond = 0
  /// Whether more wait than may go out one by one.
  private var isBurst = false
  /// When the next digest may begin.
  private var nextDigest: Moment?
  /// A digest that is complete.
  private var gathered: [ClaimedDelivery] = []
  /// Those of `held` that are in a digest.
  private var folded: Set<Int64> = []
  /// Those of `held` that the store refuses to settle: kept from being made again, and else out of account.
  private var aside: Set<Int64> = []

  init(hook: String, rules: DeliveryRules) {
    self.hook = hook
    digest = rules.digest
    setRoom(for: rules)
  }

  /// Goes on by other rules. Where another number may go out one by one, what is claimed and has not begun is given
  /// back and claimed anew; a digest that is under way stays one.
  mutating func adopt(_ rules: DeliveryRules, at now: Moment) {
    setRoom(for: rules)
    guard rules.digest != digest else { return }
    digest = rules.digest
    for delivery in claimed + gathered {
      held.remove(delivery.row)
      folded.remove(delivery.row)
    }
    claimed.removeAll()
    claimedBytes = 0
    gathered = []
    beyond = 0
    isBurst = false
    nextDigest = nextDigest.flatMap { next in digest.map { min(next, now + $0.every) } }
    mayHaveMore = true
  }

  private mutating func setRoom(for rules: DeliveryRules) {
    reserve = rules.concurrency * 8 + 16
    underway = max(Self.unsettled, rules.concurrency * 2)
  }

  /// Whether nothing is in hand, and nothing is known to be due.
  var isIdle: Bool { held.count == aside.count && !knowsOfMore }

  /// Whether it knows of nothing, now or later: only news brings more.
  var isSpent: Bool { held.isEmpty && !isClaiming && !knowsOfMore && nextDue == nil }

  /// How many deliveries are in memory.
  var count: Int { held.count }

  private var knowsOfMore: Bool { mayHaveMore || beyond > 0 || isBurst || !gathered.isEmpty }

  // MARK: What happened

  /// The store has new deliveries, or old ones became ready.
  mutating func mayHaveNew() { mayHaveMore = true }

  /// The store will have a delivery due at `moment`.
  mutating func expect(_ moment: Moment) { nextDue = min(nextDue ?? moment, moment) }

  mutating func take(_ claim: Claim, of order: Order) {
    isClaiming = false
    if let next = claim.nextDue { expect(next) }
    let taken = order.purpose == .count ? [] : claim.deliveries
    let new = taken.filter { held.insert($0.row).inserted }
    if order.purpose == .digest { return take(digest: new, isAll: claim.due < order.limit) }
    for delivery in new {
      claimed.append(delivery)
      claimedBytes += delivery.size
    }
    if let digest {
      beyond = claim.due - taken.count
      if claimed.count + beyond > digest.after { giveBack() }
    } else if claim.due > taken.count || claim.due == order.limit {
      mayHaveMore = true
    }
  }

  private mutating func take(digest new: [ClaimedDelivery], isAll: Bool) {
    isBurst = false
    if !isAll { mayHaveMore = true }
    if let digest, new.count > digest.after {
      gathered = new
      folded.formUnion(new.map(\.row))
    } else {
      // Some are gone, or the rules are others now. What there is goes out one by one.
      for delivery in new { held.remove(delivery.row) }
      mayHaveMore = true
    }
  }

  /// What is claimed and has not begun goes out with the digest.
  private mutating func giveBack() {
    for delivery in claimed { held.remove(delivery.row) }
    claimed.removeAll()
    claimedBytes = 0
    beyond = 0
    isBurst = true
  }

  /// The store could not be asked; it is asked again at `moment`.
  mutating func claimFailed(until moment: Moment) {
    isClaiming = false
    mayHaveMore = false
    isBurst = false
    beyond = 0
    nextDue = moment
  }

  /// A delivery is settled, or its attempt was broken off: the store alone has it.
  mutating func release(_ row: Int64) {
    held.remove(row)
    folded.remove(row)
  }

  /// A delivery cannot be settled: it stays in hand, so that it is not made again.
  mutating func setAside(_ row: Int64) {
    folded.remove(row)
    aside.insert(row)
  }

  // MARK: What to do

  /// What to do at `now`, as the gate has it.
  mutating func next(at now: Moment, _ admission: HookGate.Admission) -> Step {
    if let due = nextDue, due <= now {
      nextDue = nil
      mayHaveMore = true
    }
    switch admission {
    case .blocked: return .rest
    case .wait(let moment): return claimed.isEmpty && !knowsOfMore ? sleep() : .wait(until: moment)
    case .go: break
    }
    // Settlements catch up first.
    if held.count - claimed.count - folded.count - aside.count >= underway { return .rest }
    if let digest { return next(digest, at: now) }
    if mayHaveMore && !isClaiming && claimed.count <= reserve / 2 && claimedBytes < Self.bytes {
      return claim(.single, limit: reserve, bodies: .all(bytes: Self.bytes - claimedBytes))
    }
    return sendFirst() ?? sleep()
  }

  private mutating func next(_ digest: DigestRules, at now: Moment) -> Step {
    if !gathered.isEmpty {
      defer { gathered = [] }
      nextDigest = now + digest.every
      return .send(Parcel(digest: gathered, of: hook))
    }
    if isClaiming { return .rest }
    if isBurst {
      if !folded.isEmpty { return .rest }
      if let nextDigest, nextDigest > now { return .wait(until: nextDigest) }
      return claim(
        .digest, limit: DeliveryRules.mostInDigest, bodies: .first(DeliveryRules.namedInDigest))
    }
    if mayHaveMore || (claimed.isEmpty && beyond > 0) {
      let limit = digest.after + 1 - claimed.count
      let room = Self.bytes - claimedBytes
      return room > 0
        ? claim(.single, limit: limit, bodies: .all(bytes: room))
        : claim(.count, limit: limit, bodies: .first(0))
    }
    return sendFirst() ?? sleep()
  }

  private mutating func claim(_ purpose: Order.Purpose, limit: Int, bodies: ClaimedBodies) -> Step {
    isClaiming = true
    mayHaveMore = false
    return .claim(Order(purpose: purpose, limit: limit, bodies: bodies, held: held))
  }

  private mutating func sendFirst() -> Step? {
    guard let delivery = claimed.popFirst() else { return nil }
    claimedBytes -= delivery.size
    return .send(Parcel(delivery))
  }

  private func sleep() -> Step { isClaiming || knowsOfMore ? .rest : nextDue.map(Step.wait) ?? .rest }
}

extension ClaimedDelivery {
  /// Bytes of its task object.
  fileprivate var size: Int { event.task?.count ?? 0 }
}
