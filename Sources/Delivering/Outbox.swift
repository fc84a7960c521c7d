import DequeModule
import Model

/// Which of a hook's deliveries are in memory, and what to do next about those that wait. Pure.
///
/// Only a bounded part of what waits is in memory. A delivery is claimed in the order of its lane because the
/// store makes one of a lane ready only once the one before it is settled.
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
    var limit: Int
    var bodies: ClaimedBodies
    /// What the outbox has already.
    var held: Set<Int64>
  }

  /// Task objects kept in memory beyond those of running attempts: the store is asked for no more than fit in.
  static let bytes = 8 << 20

  /// Deliveries kept in memory beyond those that run, and settlements under way: enough that attempts never
  /// wait for the store.
  private let reserve: Int
  private var claimed: Deque<ClaimedDelivery> = []
  private var claimedBytes = 0
  /// Claimed, running, or not settled yet.
  private var held: Set<Int64> = []
  private(set) var isClaiming = false
  /// Whether the store may have more that is due now.
  private var mayHaveMore = true
  private var nextDue: Moment?

  init(rules: DeliveryRules) { reserve = rules.concurrency * 4 + 16 }

  /// Whether nothing is in hand, and nothing is known to be due.
  var isIdle: Bool { held.isEmpty && !mayHaveMore }

  // MARK: What happened

  /// The store has new deliveries, or old ones became ready.
  mutating func mayHaveNew() { mayHaveMore = true }

  /// The store will have a delivery due at `moment`.
  mutating func expect(_ moment: Moment) { nextDue = min(nextDue ?? moment, moment) }

  mutating func take(_ claim: Claim, of order: Order) {
    isClaiming = false
    for delivery in claim.deliveries where held.insert(delivery.row).inserted {
      claimed.append(delivery)
      claimedBytes += delivery.size
    }
    if claim.due > claim.deliveries.count || claim.due == order.limit { mayHaveMore = true }
    if let next = claim.nextDue { expect(next) }
  }

  /// The store could not be asked; it is asked again at `moment`.
  mutating func claimFailed(until moment: Moment) {
    isClaiming = false
    mayHaveMore = false
    nextDue = moment
  }

  /// A delivery is settled, or its attempt was broken off: the store alone has it.
  mutating func release(_ row: Int64) { held.remove(row) }

  // MARK: What to do

  /// What to do at `now`, as the gate has it.
  mutating func next(at now: Moment, _ admission: HookGate.Admission) -> Step {
    if let due = nextDue, due <= now {
      nextDue = nil
      mayHaveMore = true
    }
    switch admission {
    case .blocked: return .rest
    case .wait(let moment): return claimed.isEmpty && !mayHaveMore ? sleep() : .wait(until: moment)
    case .go: break
    }
    // Settlements catch up first.
    if held.count - claimed.count > reserve { return .rest }
    if mayHaveMore && !isClaiming && claimed.count <= reserve / 2 && claimedBytes < Self.bytes {
      isClaiming = true
      mayHaveMore = false
      return .claim(Order(limit: reserve, bodies: .all(bytes: Self.bytes - claimedBytes), held: held))
    }
    guard let delivery = claimed.popFirst() else { return sleep() }
    claimedBytes -= delivery.size
    return .send(Parcel(delivery: delivery))
  }

  private func sleep() -> Step { isClaiming || mayHaveMore ? .rest : nextDue.map(Step.wait) ?? .rest }
}

extension ClaimedDelivery {
  /// Bytes of its task object.
  fileprivate var size: Int { event.task?.count ?? 0 }

  /// The same but for its task object, which only the attempt needs.
  var withoutTask: ClaimedDelivery {
    var delivery = self
    delivery.event.task = nil
    return delivery
  }
}
