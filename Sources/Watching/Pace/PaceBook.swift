import Model

/// What is known of how long the tasks of a source take, by their kinds, and the waits that follow from it. A value
/// without a clock.
///
/// The kind `common` knows all of the source's tasks. Others begin as it, and differ the more is seen of them.
package struct PaceBook: Sendable {
  /// A kind's place, and which of its tenants is meant: a number that outlives its kind means the common one.
  package struct KindNumber: Sendable, Equatable {
    private let bits: UInt16

    /// All of the source's tasks.
    package static let common = KindNumber(slot: 0, tenant: 0)

    init(slot: Int, tenant: UInt16) { bits = UInt16(slot) << 6 | tenant & 63 }

    var slot: Int { Int(bits >> 6) }
    var tenant: UInt16 { bits & 63 }
  }

  struct Kind: Sendable {
    /// Empty for the common one.
    var name: String
    var tenant: UInt16 = 0
    /// By `PhaseModel.place(of:)`.
    var phases = [PhaseModel?](repeating: nil, count: PhaseModel.count)
    /// Grows with each use of any kind.
    var used: UInt64 = 0
    /// Whether it knows what the store does not.
    var isNews = false
  }

  /// More kinds than this are not told apart: the one that was not met for longest gives its place away.
  static let capacity = 1000
  /// What a poll is worth at a source with polls in plenty, as a share of `every`: a poll is left out where it would
  /// bring forward the sight of a transition by less than that, on the average.
  static let price = 1.0 / 100

  private(set) var kinds = [Kind(name: "")]
  /// Of each phase of each kind, one after the other: what the hot path needs, without the rest.
  private var tables = [HazardTable?](repeating: nil, count: PhaseModel.count)
  private var slots = ["": 0]
  private var uses: UInt64 = 0
  private(set) var budget = PollBudget()
  /// How much longer than they should all waits are, as the source's budget is short; from 1 on.
  package var stretch: Double { budget.stretch }
  /// In seconds.
  private var every = 0.0
  private var slowest = 0.0
  /// Tasks' polls a second that the rate allows.
  private var capacity = 0.0
  /// √(2λ) for the price of plenty.
  private var amount = 0.0
  private var unknown = DurationDistribution(shares: [], beyond: 1)

  /// - Parameters:
  ///   - batch: tasks that one request asks for, at most.
  ///   - stretch: of all waits at first.
  package init(_ rules: WatchRules, batch: Int, stretch: Double = 1) {
    reconfigure(rules, batch: batch)
    budget = PollBudget(stretch: stretch)
  }

  /// Goes on by other rules with all it knows.
  mutating func reconfigure(_ rules: WatchRules, batch: Int) {
    every = rules.every.seconds
    slowest = max(rules.slowest, rules.every).seconds
    capacity = Double(max(1, batch)) / rules.rate.interval.seconds
    amount = (2 * every * Self.price).squareRoot()
    unknown = .unknown(every: every, price: every * Self.price)
    budget = PollBudget()
  }

  // MARK: Waits

  /// Whether waits differ from the plain pace at all.
  var isPlain: Bool { uses == 0 && budget.stretch == 1 }

  /// Seconds until the next poll.
  ///
  /// - Parameters:
  ///   - age: seconds in the state; not a number where nobody knows.
  ///   - plain: the wait of a task of which nothing is known.
  ///   - report: the last of its progress.
  ///   - isTimely: whether each step of its progress is waited for, not only its transitions.
  package func wait(
    of kind: KindNumber, in state: TaskState, age: Double, plain: Double, report: ProgressModel.Report?,
    isTimely: Bool
  ) -> Double {
    let most = plain * budget.stretch
    var wait = most
    if age >= 0, let place = PhaseModel.place(of: state) {
      let amount = amount * budget.stretch
      let slot = slot(of: kind)
      var known: Double?
      if let report {
        known = kinds[slot].phases[place]?.progress?.wait(after: report, from: age, until: amount)
      }
      if known == nil {
        known =
          tables[slot * PhaseModel.count + place]?.wait(from: age, until: amount)
          ?? tables[place]?.wait(from: age, until: amount)
      }
      if let known { wait = isTimely ? min(known, most) : known }
    }
    return min(max(wait, every), slowest)
  }

  /// A task was polled, and waits for the next time.
  package mutating func note(wait: Double, tasks: Int) {
    budget.note(wait: wait, tasks: tasks, capacity: capacity, most: 4 * slowest / every)
  }

  // MARK: Learning

  /// A task left a state: in it for longer than `low` and no longer than `high` seconds.
  package mutating func learn(
    _ kind: KindNumber, _ state: TaskState, from low: Double, to high: Double,
    after report: ProgressModel.Report?
  ) {
    guard let place = PhaseModel.place(of: state), low >= 0, high > low else { return }
    let own = slot(of: kind)
    if own != 0 {
      let prior = kinds[0].phases[place]?.durations.known ?? unknown
      learn(slot: own, place, from: low, to: high, after: report, prior: prior)
    }
    learn(slot: 0, place, from: low, to: high, after: report, prior: unknown)
  }

  private mutating func learn(
    slot: Int, _ place: Int, from low: Double, to high: Double, after report: ProgressModel.Report?,
    prior: DurationDistribution
  ) {
    use(slot)
    kinds[slot].isNews = true
    if kinds[slot].phases[place] == nil { kinds[slot].phases[place] = PhaseModel() }
    kinds[slot].phases[place]!.learn(from: low, to: high, after: report, prior: prior)
    tables[slot * PhaseModel.count + place] = kinds[slot].phases[place]!.table
  }

  // MARK: Kinds

  /// The number of a kind, which gets one where it has none.
  package mutating func number(of name: String) -> KindNumber {
    let slot: Int
    if let known = slots[name] {
      slot = known
    } else if kinds.count < Self.capacity {
      slot = kinds.count
      kinds.append(Kind(name: name))
      for _ in 0..<PhaseModel.count { tables.append(nil) }
    } else {
      // The common one stays.
      slot = kinds.indices.dropFirst().min { kinds[$0].used < kinds[$1].used }!
      slots[kinds[slot].name] = nil
      kinds[slot] = Kind(name: name, tenant: kinds[slot].tenant &+ 1 & 63)
      for place in 0..<PhaseModel.count { tables[slot * PhaseModel.count + place] = nil }
    }
    slots[name] = slot
    use(slot)
    return KindNumber(slot: slot, tenant: kinds[slot].tenant)
  }

  private func slot(of kind: KindNumber) -> Int {
    kind.slot < kinds.count && kinds[kind.slot].tenant == kind.tenant ? kind.slot : 0
  }

  private mutating func use(_ slot: Int) {
    uses += 1
    kinds[slot].used = uses
  }

  // MARK: Keeping

  /// Takes up what the store knows of a kind. What cannot be read is as if it were not there.
  mutating func recall(_ name: String, _ model: [UInt8]) {
    let prior = { (place: Int) in self.kinds[0].phases[place]?.durations.known ?? self.unknown }
    guard let phases = PaceCoding.read(model, prior: prior) else { return }
    let slot = number(of: name).slot
    kinds[slot].phases = phases
    for (place, phase) in phases.enumerated() { tables[slot * PhaseModel.count + place] = phase?.table }
    kinds[slot].isNews = false
  }

  /// What the store does not know yet: at most `limit` kinds, the others at the next call.
  mutating func takeNews(limit: Int) -> [(name: String, model: [UInt8])] {
    var news: [(name: String, model: [UInt8])] = []
    for slot in kinds.indices where kinds[slot].isNews && news.count < limit {
      kinds[slot].isNews = false
      news.append((kinds[slot].name, PaceCoding.bytes(of: kinds[slot].phases)))
    }
    return news
  }
}
