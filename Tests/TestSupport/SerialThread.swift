import Dispatch

/// An executor as the thread of an HTTP loop is one, for actors that work on such.
package final class SerialThread: SerialExecutor {
  private let queue = DispatchQueue(label: "serial-thread")

  package init() {}

  package func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
  }

  package func checkIsolated() { dispatchPrecondition(condition: .onQueue(queue)) }

  /// Runs something there, as a loop runs what its requests came to.
  package func run(_ work: @escaping @Sendable () -> Void) { queue.async { work() } }
}
