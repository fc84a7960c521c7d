import Synchronization

/// A switch that a test turns while a server's script looks at it.
final class Flag: Sendable {
  private let value: Atomic<Bool>

  init(_ value: Bool = false) { self.value = Atomic(value) }

  var isSet: Bool { value.load(ordering: .sequentiallyConsistent) }

  func set() { value.store(true, ordering: .sequentiallyConsistent) }

  func clear() { value.store(false, ordering: .sequentiallyConsistent) }
}

/// Counts by name, from 1.
final class Counter: Sendable {
  private let counts = Mutex<[String: Int]>([:])

  func next(_ name: String = "") -> Int {
    counts.withLock { counts in
      counts[name, default: 0] += 1
      return counts[name]!
    }
  }
}
