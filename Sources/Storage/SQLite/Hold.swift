import Foundation
import Model

/// Who runs on a state file.
package struct Holder: Sendable, Equatable, CustomStringConvertible {
  /// The process; nil where the holder has not written it down yet.
  package var pid: Int32?
  package var host: String?
  package var since: Timestamp?

  package init(pid: Int32? = nil, host: String? = nil, since: Timestamp? = nil) {
    self.pid = pid
    self.host = host
    self.since = since
  }

  package var description: String {
    var words = pid.map { "process \($0)" } ?? "another process"
    if let host { words += " on \(host)" }
    if let since {
      let date = Date(timeIntervalSince1970: Double(since.milliseconds / 1000))
      words += ", since \(date.formatted(.iso8601))"
    }
    return words
  }
}

/// The exclusive hold of one daemon on its state file.
///
/// It is a lock of the kernel on `FILE.lock` (an open file description lock: it belongs to the open file,
/// not to the process), so it ends with the process, however that ends. The file itself stays where it is:
/// removing it would let two daemons lock two files of the same name.
final class Hold: Sendable {
  private let file: Int32

  /// Takes the hold, or says who has it.
  init(of path: String, since: Timestamp) throws(StoreError) {
    let lock = path + ".lock"
    let opened = open(lock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard opened >= 0 else {
      throw StoreError(.unwritable, "the lock file \(lock) cannot be opened: \(reason())")
    }
    var held = false
    defer { if !held { close(opened) } }
    StateFile.restrict(opened, like: path)
    var range = Self.wholeFile(Int16(F_WRLCK))
    // A daemon that was killed as it forked leaves the lock to the child until that has become another program.
    for _ in 0..<10 where fcntl(opened, setLock, &range) != 0 && errno == EAGAIN { usleep(20_000) }
    guard fcntl(opened, setLock, &range) == 0 else {
      if errno == EACCES || errno == EAGAIN {
        let holder = Self.holder(of: path) ?? Holder()
        throw StoreError(
          .held,
          "the state file \(path) is in use by another taskhook run: \(holder). "
            + "Stop that one first, or give this one a state of its own")
      }
      throw StoreError(.unwritable, "the lock file \(lock) cannot be locked: \(reason())")
    }
    let text = Array("\(getpid())\n\(since.milliseconds)\n\(Self.hostName)\n".utf8)
    // The lock is what holds; a full disk only keeps its holder's name from being written.
    _ = ftruncate(opened, 0)
    _ = text.withUnsafeBytes { pwrite(opened, $0.baseAddress, $0.count, 0) }
    held = true
    file = opened
  }

  deinit {
    _ = ftruncate(file, 0)
    // Closing alone would leave the lock to a child that was forked just now and has yet to exec.
    var range = Self.wholeFile(Int16(F_UNLCK))
    _ = fcntl(file, setLock, &range)
    close(file)
  }

  /// Who holds the state file at a resolved path, without disturbing anyone who is about to take the hold.
  static func holder(of path: String) -> Holder? {
    let file = open(path + ".lock", O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var range = wholeFile(Int16(F_WRLCK))
    guard fcntl(file, getLock, &range) == 0, range.l_type != Int16(F_UNLCK) else { return nil }
    // Between taking the lock and writing its name a holder needs some microseconds.
    for _ in 0..<20 {
      var bytes = [UInt8](repeating: 0, count: 512)
      let count = pread(file, &bytes, bytes.count, 0)
      let lines = String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self)
        .split(separator: "\n", omittingEmptySubsequences: false)
      if lines.count == 4, let pid = Int32(lines[0]), let since = Int64(lines[1]) {
        return Holder(pid: pid, host: String(lines[2]), since: Timestamp(milliseconds: since))
      }
      usleep(1000)
    }
    return Holder()
  }

  /// The host's own name for itself, without asking a name server.
  private static var hostName: String {
    var name = [UInt8](repeating: 0, count: 256)
    let code = name.withUnsafeMutableBytes {
      gethostname($0.baseAddress!.assumingMemoryBound(to: CChar.self), $0.count - 1)
    }
    return code == 0 ? String(decoding: name.prefix { $0 != 0 }, as: UTF8.self) : "?"
  }

  private static func wholeFile(_ type: Int16) -> flock {
    var range = flock()
    range.l_type = type
    range.l_whence = Int16(SEEK_SET)
    return range
  }
}

/// F_OFD_GETLK and F_OFD_SETLK of Linux's <fcntl.h>, which it shows only to those who define _GNU_SOURCE.
private let getLock: Int32 = 36
private let setLock: Int32 = 37

/// What `errno` says.
func reason() -> String { String(cString: strerror(errno)) }
