import Glibc

/// A POSIX thread that runs one closure. Either `join` or `detach` must be called, once.
struct LoopThread: Sendable {
  private let id: pthread_t

  private final class Work {
    let run: @Sendable () -> Void

    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }

  /// Nil where the process may have no more threads.
  init?(_ run: @escaping @Sendable () -> Void) {
    let work = Unmanaged.passRetained(Work(run))
    var id = pthread_t()
    let code = pthread_create(
      &id, nil,
      { pointer in
        if let pointer { Self.begin(Unmanaged<Work>.fromOpaque(pointer).takeRetainedValue()) }
        return nil
      }, work.toOpaque())
    guard code == 0 else {
      work.release()
      return nil
    }
    self.id = id
  }

  /// A peer that closes its connection must not end the process.
  private static func begin(_ work: Work) {
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGPIPE)
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    work.run()
  }

  func join() { pthread_join(id, nil) }
  func detach() { pthread_detach(id) }
}
