import CCurl
import Glibc

/// Ends the sleep of a poller from any thread.
struct Bell: Sendable {
  let descriptor: Int32

  init?() {
    descriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
    if descriptor < 0 { return nil }
  }

  func ring() {
    var one: UInt64 = 1
    _ = write(descriptor, &one, 8)
  }

  func silence() {
    var count: UInt64 = 0
    _ = read(descriptor, &count, 8)
  }
}
