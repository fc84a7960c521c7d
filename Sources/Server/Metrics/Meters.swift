import Model
import Synchronization

/// A number that only grows. Adding costs one atomic instruction: it may stand on the poll path.
package final class Counter: Sendable {
  private let count = Atomic<Int>(0)

  package init() {}

  package func add(_ amount: Int = 1) { count.add(amount, ordering: .relaxed) }
  package var value: Int { count.load(ordering: .relaxed) }
}

/// A number that goes up and down.
package final class Gauge: Sendable {
  private let bits: Atomic<UInt64>

  package init(_ value: Double = 0) { bits = Atomic(value.bitPattern) }

  package func set(_ value: Double) { bits.store(value.bitPattern, ordering: .relaxed) }
  package var value: Double { Double(bitPattern: bits.load(ordering: .relaxed)) }
}

/// How often values of some size were seen. Observing takes a lock that is nearly always free.
package final class Histogram: Sendable {
  struct Reading: Sendable, Equatable {
    /// Values up to each bound, those below it included.
    var cumulative: [Int]
    var count: Int
    var sum: Double
  }

  private struct State {
    var counts: [Int]
    var sum = 0.0
  }

  /// Upper bounds of the buckets, rising.
  let bounds: [Double]
  private let state: Mutex<State>

  package init(_ bounds: [Double]) {
    self.bounds = bounds
    state = Mutex(State(counts: Array(repeating: 0, count: bounds.count + 1)))
  }

  package func observe(_ value: Double) {
    var place = 0
    while place < bounds.count, value > bounds[place] { place += 1 }
    state.withLock { state in
      state.counts[place] += 1
      state.sum += value
    }
  }

  package func observe(_ duration: Duration) { observe(duration.seconds) }

  var reading: Reading {
    let state = state.withLock { $0 }
    var total = 0
    let cumulative = state.counts.map { count in
      total += count
      return total
    }
    return Reading(cumulative: Array(cumulative.dropLast()), count: total, sum: state.sum)
  }
}

/// The meters of one name, by the values of their labels. Look one up once and keep it.
final class MeterFamily<Meter: Sendable>: Sendable {
  let name: String
  let help: String
  let labels: [String]
  private let make: @Sendable () -> Meter
  private let meters = Mutex<[[String]: Meter]>([:])

  init(_ name: String, _ help: String, labels: [String] = [], make: @escaping @Sendable () -> Meter) {
    self.name = name
    self.help = help
    self.labels = labels
    self.make = make
  }

  /// The meter of these values, in the order of `labels`.
  subscript(_ values: String...) -> Meter {
    meters.withLock { meters in
      if let meter = meters[values] { return meter }
      let meter = make()
      meters[values] = meter
      return meter
    }
  }

  /// All of them, in a fixed order.
  var all: [(values: [String], meter: Meter)] {
    meters.withLock { $0.map { ($0.key, $0.value) } }.sorted {
      $0.values.lexicographicallyPrecedes($1.values)
    }
  }
}
