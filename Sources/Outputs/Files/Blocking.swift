import Dispatch
import Synchronization

/// Work that waits for a disk, done on threads that may wait.
enum Blocking {
  private static let queue = DispatchQueue(label: "taskhook.outputs", attributes: .concurrent)

  /// - Parameter work: is told by its argument whether the caller was cancelled meanwhile.
  static func run<Value: Sendable>(
    _ work: @escaping @Sendable (_ isCancelled: () -> Bool) throws(FileTrouble) -> Value
  ) async throws(FileTrouble) -> Value {
    let flag = Flag()
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        queue.async {
          continuation.resume(returning: Result { () throws(FileTrouble) in try work { flag.isSet } })
        }
      }
    } onCancel: {
      flag.set()
    }
    return try result.get()
  }

  private final class Flag: Sendable {
    private let value = Atomic(false)
    var isSet: Bool { value.load(ordering: .relaxed) }
    func set() { value.store(true, ordering: .relaxed) }
  }
}
