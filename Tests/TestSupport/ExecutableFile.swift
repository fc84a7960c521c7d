import Foundation

/// A program file that a test wrote and that is to be run.
package enum ExecutableFile {
  /// Waits until nobody has the file open for writing. Linux refuses to run it before (ETXTBSY), and its writer
  /// is not alone: whatever another thread was starting meanwhile holds a copy of the writer's descriptor until
  /// it has become its own program.
  ///
  /// A read lease (fcntl(2), F_SETLEASE) is granted only on a file that nobody writes.
  package static func settle(_ path: String) throws {
    let (setLease, read, none): (Int32, Int32, Int32) = (1024, 0, 2)
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    defer { close(file) }
    for _ in 0..<5000 {
      if fcntl(file, setLease, read) == 0 {
        _ = fcntl(file, setLease, none)
        return
      }
      // Some file systems know no leases; there the test takes its chance.
      guard errno == EAGAIN else { return }
      usleep(1000)
    }
  }
}
