import Synchronization

/// A switch that a test turns while a server's script looks at it.
final class Flag: Sendable {
  private let value: Atomic<Bool>

  init(_ value: Bool = false) { self.value = Atomic(value) }

  var isSet: Bool { value.load(ordering: .sequentiallyConsistent) }

  func set() { value.store(true, ordering: .sequentiallyConsistent) }

  func clear() { value.store(false, ordering: .sequentiallyConsistent) }
}
